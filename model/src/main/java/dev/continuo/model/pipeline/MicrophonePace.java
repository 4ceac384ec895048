// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

/**
 * A recording that arrives as from a microphone: in packets of 20 ms, each at the moment its last
 * sample would have been spoken.
 *
 * <p><i>Immutable.</i>
 *
 * @param totalSamples length of the recording
 * @param rateHz its sample rate in Hz
 * @param startNanos when its first sample is spoken, on the caller's clock
 */
record MicrophonePace(int totalSamples, int rateHz, long startNanos) {
  private static final int PACKETS_PER_SECOND = 50;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Samples that have arrived by {@code nowNanos}: whole packets, all of them at the end. */
  int arrived(long nowNanos) {
    long elapsedNanos = nowNanos - startNanos;
    if (elapsedNanos >= lengthNanos()) {
      return totalSamples;
    }
    long packets = Math.max(0, elapsedNanos) * PACKETS_PER_SECOND / NANOS_PER_SECOND;
    return (int) Math.min(totalSamples, packets * packetSamples());
  }

  /** When the first of the samples beyond {@code arrivedSamples} arrive. */
  long nextNanos(int arrivedSamples) {
    long packet = arrivedSamples / packetSamples() + 1L;
    return Math.min(endNanos(), startNanos + packet * NANOS_PER_SECOND / PACKETS_PER_SECOND);
  }

  /** When the last sample arrives: the prompt's end. */
  long endNanos() {
    return startNanos + lengthNanos();
  }

  private long lengthNanos() {
    return totalSamples * NANOS_PER_SECOND / rateHz;
  }

  private int packetSamples() {
    return Math.max(1, rateHz / PACKETS_PER_SECOND);
  }
}
