// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/**
 * What the server says of a turn: where the time before its first audio went. <i>Immutable.</i>
 *
 * @param queueMicros waiting for the engine
 * @param tokenizeMicros prompt to units
 * @param prefillMicros units into the language model's context
 * @param decodeMicros drawing units
 * @param vocodeMicros units to samples
 * @param encodeMicros samples to bytes
 * @param firstAudioMicros all of it, from the commit's arrival to the hand-over of the first piece
 * @param realTimeFactor all work of the turn over the audio made
 */
public record Trace(
    long queueMicros,
    long tokenizeMicros,
    long prefillMicros,
    long decodeMicros,
    long vocodeMicros,
    long encodeMicros,
    long firstAudioMicros,
    double realTimeFactor) {}
