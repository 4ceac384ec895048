// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.Arrays;

/**
 * What can be measured of speech without listening to it.
 *
 * <p>F0 is the lag of the largest normalised autocorrelation between 60 and 400 Hz in windows of 40
 * ms, taken as voiced where that is 0.6 or more. <i>Immutable.</i>
 *
 * @param medianF0Hz median over the voiced windows, NaN where there are none
 * @param voicedShare voiced windows among those above -45 dBFS
 * @param rmsDecibels level of the windows above -45 dBFS, in dBFS
 * @param peak largest magnitude, NaN where a sample is no number
 */
record SpeechMeasures(double medianF0Hz, double voicedShare, double rmsDecibels, double peak) {
  private static final double SILENCE = Math.pow(10, -45 / 20.0);
  private static final double VOICED = 0.6;

  static SpeechMeasures of(float[] samples, int rateHz) {
    int window = rateHz / 25;
    double[] pitches = new double[samples.length / window];
    int voiced = 0;
    int loud = 0;
    double energy = 0;
    for (int at = 0; at + 2 * window <= samples.length; at += window) {
      double power = product(samples, at, at, window) / window;
      if (Math.sqrt(power) < SILENCE) {
        continue;
      }
      loud++;
      energy += power;
      double pitch = pitch(samples, at, window, rateHz);
      if (pitch > 0) {
        pitches[voiced++] = pitch;
      }
    }
    Arrays.sort(pitches, 0, voiced);
    double peak = 0;
    for (float sample : samples) {
      peak = Float.isFinite(sample) ? Math.max(peak, Math.abs(sample)) : Double.NaN;
    }
    return new SpeechMeasures(
        voiced == 0 ? Double.NaN : pitches[voiced / 2],
        (double) voiced / loud,
        10 * Math.log10(energy / loud),
        peak);
  }

  /** The step from sample to sample that a share {@code q} of all steps does not exceed. */
  static double jumpQuantile(float[] samples, double q) {
    double[] jumps = new double[samples.length - 1];
    for (int i = 0; i < jumps.length; i++) {
      jumps[i] = Math.abs(samples[i + 1] - samples[i]);
    }
    Arrays.sort(jumps);
    return jumps[(int) (q * (jumps.length - 1))];
  }

  private static double pitch(float[] samples, int at, int window, int rateHz) {
    double own = product(samples, at, at, window);
    double best = VOICED;
    double pitch = 0;
    for (int lag = rateHz / 400; lag <= rateHz / 60 && at + lag + window <= samples.length; lag++) {
      double there = product(samples, at + lag, at + lag, window);
      double likeness = product(samples, at, at + lag, window) / Math.sqrt(own * there + 1e-12);
      if (likeness > best + 0.02) { // twice the period is as alike: the first one counts
        best = likeness;
        pitch = (double) rateHz / lag;
      }
    }
    return pitch;
  }

  private static double product(float[] samples, int from, int to, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += samples[from + i] * (double) samples[to + i];
    }
    return sum;
  }
}
