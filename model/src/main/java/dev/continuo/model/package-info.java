// SPDX-License-Identifier: Apache-2.0
/**
 * The seams of inference: audio to units, units to units, units to audio, behind interfaces of
 * plain Java arrays.
 *
 * <p>Called by the pipeline, the commands and the server. Networks are immutable and thread-safe to
 * share; each stream or sequence belongs to one caller at a time.
 */
@NullMarked
package dev.continuo.model;

import org.jspecify.annotations.NullMarked;
