// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.cli.Waterfall;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Stages;

/**
 * When things happened to a client, by its own clock.
 *
 * <p><i>Immutable.</i>
 *
 * @param spokenNanos when the prompt's last sample was spoken
 * @param commitNanos when the commit was sent
 * @param firstAudioNanos when the first audio came; 0 if none did
 */
record Timing(long spokenNanos, long commitNanos, long firstAudioNanos) {
  private static final long NANOS_PER_MICRO = 1000;

  /** Whether there was audio, and it came after the commit: an echo does not wait for it. */
  boolean isAnswer() {
    return firstAudioNanos > commitNanos;
  }

  /** From the prompt's end to the first audio. */
  long afterPromptNanos() {
    return firstAudioNanos - spokenNanos;
  }

  /** From the commit to the first audio. */
  long afterCommitNanos() {
    return firstAudioNanos - commitNanos;
  }

  /**
   * What the server does not know of: the way there and back, and waiting to be read on either
   * side.
   */
  long networkNanos(LatencyTrace trace) {
    return afterCommitNanos() - trace.getFirstAudioMicros() * NANOS_PER_MICRO;
  }

  /** The way from the prompt's end to the first audio, step by step. */
  Waterfall waterfall(LatencyTrace trace) {
    Stages stages = trace.getFirstAudio();
    Waterfall waterfall = new Waterfall();
    waterfall.add("send", commitNanos - spokenNanos);
    add(waterfall, "queue", stages.getQueueMicros());
    add(waterfall, "tokenize", stages.getTokenizeMicros());
    add(waterfall, "prefill", stages.getPrefillMicros());
    add(waterfall, "decode", stages.getDecodeMicros());
    add(waterfall, "vocode", stages.getVocodeMicros());
    add(waterfall, "encode", stages.getEncodeMicros());
    waterfall.add("network", networkNanos(trace));
    return waterfall;
  }

  private static void add(Waterfall waterfall, String name, long micros) {
    waterfall.add(name, micros * NANOS_PER_MICRO);
  }
}
