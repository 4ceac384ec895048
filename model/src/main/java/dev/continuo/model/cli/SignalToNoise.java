// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import java.util.Arrays;

/**
 * Signal-to-noise ratio of samples against reference ones; of the two, either may arrive first.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class SignalToNoise {
  private static final double DECIBELS = 10;

  private float[] ahead = {}; // samples that wait for their counterparts
  private boolean aheadIsReference;
  private double signal;
  private double noise;

  void reference(float[] samples) {
    add(samples, true);
  }

  void actual(float[] samples) {
    add(samples, false);
  }

  private void add(float[] samples, boolean isReference) {
    if (ahead.length == 0 || aheadIsReference == isReference) {
      int waiting = ahead.length;
      ahead = Arrays.copyOf(ahead, waiting + samples.length);
      System.arraycopy(samples, 0, ahead, waiting, samples.length);
      aheadIsReference = isReference;
      return;
    }
    int both = Math.min(ahead.length, samples.length);
    for (int i = 0; i < both; i++) {
      double reference = isReference ? samples[i] : ahead[i];
      signal += reference * reference;
      noise += Math.pow((double) samples[i] - ahead[i], 2);
    }
    ahead = Arrays.copyOfRange(ahead, both, ahead.length);
    if (samples.length > both) {
      add(Arrays.copyOfRange(samples, both, samples.length), isReference);
    }
  }

  /** The ratio in dB of all samples that have a counterpart; infinite where they are the same. */
  double decibels() {
    return noise == 0 ? Double.POSITIVE_INFINITY : DECIBELS * Math.log10(signal / noise);
  }
}
