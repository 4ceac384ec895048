// SPDX-License-Identifier: Apache-2.0
/**
 * Vocoders: units to audio.
 *
 * <p>Called through {@link dev.continuo.model.UnitVocoder}; a stream belongs to one caller at a
 * time.
 */
@NullMarked
package dev.continuo.model.vocoder;

import org.jspecify.annotations.NullMarked;
