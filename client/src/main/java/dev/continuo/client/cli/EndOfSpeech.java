// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

/**
 * Hears when somebody who has spoken has fallen silent, by loudness alone.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class EndOfSpeech {
  /** Between a quiet room and quiet speech at a usual microphone level: -45 dBFS. */
  private static final double SPEECH_RMS = Math.pow(10, -45 / 20.0);

  /** As long as a short word; a click is shorter. */
  private static final double SPEECH_SECONDS = 0.2;

  private final double silenceSeconds;
  private final int rateHz;
  private long loudSamples;
  private long quietSamples;

  /**
   * @param silenceSeconds silence that ends it; 0 for never
   */
  EndOfSpeech(double silenceSeconds, int rateHz) {
    this.silenceSeconds = silenceSeconds;
    this.rateHz = rateHz;
  }

  /** Takes a packet of some milliseconds, judged as a whole. */
  void hear(float[] packet, int samples) {
    double energy = 0;
    for (int i = 0; i < samples; i++) {
      energy += (double) packet[i] * packet[i];
    }
    if (Math.sqrt(energy / samples) >= SPEECH_RMS) {
      loudSamples += samples;
      quietSamples = 0;
    } else {
      quietSamples += samples;
    }
  }

  /** Whether enough speech and then enough silence was heard. */
  boolean reached() {
    return silenceSeconds > 0
        && loudSamples >= SPEECH_SECONDS * rateHz
        && quietSamples >= silenceSeconds * rateHz;
  }
}
