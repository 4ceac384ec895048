// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import java.util.Locale;

/**
 * What is counted in histograms. The name in reports is the constant's in lower case.
 * <i>Immutable.</i>
 */
public enum Metric {
  /** From the prompt's end, as intended, to the first audio. */
  FIRST_AUDIO_MS,
  /** From the commit, as intended, to the first audio. */
  FIRST_AUDIO_AFTER_COMMIT_MS,
  /** From the prompt's end, as intended, to the first audible audio. */
  FIRST_AUDIBLE_MS,
  /** From the commit, as intended, to the first audible audio. */
  FIRST_AUDIBLE_AFTER_COMMIT_MS,
  /** From the commit, as it was really sent, to the first audio: the service time. */
  FIRST_AUDIO_SERVICE_MS,
  /** From the arrival, as intended, to the server's first message. */
  START_MS,
  /** Between two pieces of audio. */
  CHUNK_GAP_MS,
  /** Start buffer that a player needs to never run dry. */
  REQUIRED_BUFFER_MS,
  /** The longest silence of a player, in sessions that have one. */
  LONGEST_GAP_MS,
  /** All work of a turn over its audio, as the server says. */
  RTF,
  /** From the commit to the last audio over the audio's length. */
  WALL_RTF,
  /** From the arrival, as intended, to a refusal. */
  REJECT_MS,
  /** From the intended time of a frame to its hand-over to the transport. */
  SEND_LATENESS_MS,
  /** From the intended time of a frame to its return, from servers that echo. */
  ECHO_MS,
  /**
   * The server's own first audio: from the commit's arrival there to the hand-over of the audio.
   */
  SERVER_FIRST_AUDIO_MS,
  /** Of that: waiting for the engine. */
  SERVER_QUEUE_MS,
  /** Of that: prompt to units. */
  SERVER_TOKENIZE_MS,
  /** Of that: units into the context. */
  SERVER_PREFILL_MS,
  /** Of that: drawing units. */
  SERVER_DECODE_MS,
  /** Of that: units to samples. */
  SERVER_VOCODE_MS,
  /** Of that: samples to bytes. */
  SERVER_ENCODE_MS;

  /** The name in reports. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a value recorded in a histogram is divided by: microseconds, or millionths of a ratio. */
  public double scale() {
    return this == RTF || this == WALL_RTF ? 1e6 : 1e3;
  }
}
