// SPDX-License-Identifier: Apache-2.0
/**
 * One continuation from prompt audio to speech, streamed: resampler, encoder, deduplication, unit
 * language model, durations, vocoder, over the seams of {@code dev.continuo.model}.
 *
 * <p>Everything here is a pure function of its input: however the prompt is cut into chunks, the
 * samples that come out are the same. Called by the commands and, per session, by the server's
 * engine; nothing here starts a thread, and every object belongs to one caller at a time.
 */
@NullMarked
package dev.continuo.model.pipeline;

import org.jspecify.annotations.NullMarked;
