// SPDX-License-Identifier: Apache-2.0
/**
 * Speech encoders: audio to units.
 *
 * <p>Called through {@link dev.continuo.model.SpeechEncoder}; a stream belongs to one caller at a
 * time.
 */
@NullMarked
package dev.continuo.model.encoder;

import org.jspecify.annotations.NullMarked;
