// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The filter of a resampler: a sinc under a Kaiser window, tabulated at phases between samples.
 *
 * <p>It reaches 64 samples of the lower rate to each side. By Kaiser's estimate of the length
 * (Oppenheim, Schafer, Discrete-Time Signal Processing, 7.6) a stop band of 94 dB then takes a
 * transition of 0.094 of the lower rate's Nyquist frequency: the pass band ends at 0.906 of it, the
 * stop band begins at it. <i>Immutable.</i>
 */
final class ResamplerTaps {
  private static final double STOP_BAND_DB = 94;
  private static final double BETA = 0.1102 * (STOP_BAND_DB - 8.7);
  private static final int LOWER_RATE_HALF = 64;
  private static final double TRANSITION =
      (STOP_BAND_DB - 7.95) / (2.285 * 2 * LOWER_RATE_HALF * Math.PI);

  /** More coefficients than these, 512 KiB, and phases are interpolated: for odd rates only. */
  private static final int MAX_EXACT = 1 << 17;

  /** Filters kept for the next resampler; what a server's clients use is fewer. */
  private static final int MAX_SHARED = 16;

  private static final Map<Long, ResamplerTaps> SHARED =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, ResamplerTaps> eldest) {
          return size() > MAX_SHARED;
        }
      };

  /** Interpolated phases a sample of the lower rate; linear, so about -115 dB of error. */
  private static final int PHASES = 512;

  private final int half;
  private final int steps;
  private final boolean exact;
  private final float[] table;

  /**
   * The filter of a ratio, shared by all that use it.
   *
   * @param up output samples per {@code down} input samples, without a common factor
   * @param down input samples per {@code up} output samples
   */
  static ResamplerTaps of(int up, int down) {
    long key = ((long) up << 32) | down;
    synchronized (SHARED) {
      ResamplerTaps shared = SHARED.get(key);
      if (shared != null) {
        return shared;
      }
    }
    ResamplerTaps taps = new ResamplerTaps(up, down);
    synchronized (SHARED) {
      SHARED.put(key, taps);
    }
    return taps;
  }

  private ResamplerTaps(int up, int down) {
    double scale = Math.min(1, (double) up / down);
    half = (int) Math.ceil(LOWER_RATE_HALF / scale / 4) * 4;
    exact = (long) up * length() <= MAX_EXACT;
    steps = exact ? up : (int) Math.ceil(PHASES * scale);
    table = table(scale);
  }

  /** Samples on each side of an output sample, a multiple of 4. */
  int half() {
    return half;
  }

  /** Coefficients of a phase, a multiple of 8. */
  int length() {
    return 2 * half;
  }

  /** Coefficients of all phases. */
  int tableLength() {
    return table.length;
  }

  /**
   * One output sample.
   *
   * @param samples borrowed
   * @param at index of the first of {@link #length} samples, the output's time being {@code phase /
   *     up} past sample {@code at + half - 1}
   * @param phase in [0, up)
   * @param up output samples per {@code down} input samples
   */
  float apply(float[] samples, int at, int phase, int up) {
    if (exact) {
      return dot(samples, at, phase * length());
    }
    long position = (long) phase * steps;
    int row = (int) (position / up);
    float fraction = (float) (position % up) / up;
    float below = dot(samples, at, row * length());
    float above = dot(samples, at, (row + 1) * length());
    return below + fraction * (above - below);
  }

  /** Eight products at a time, so that additions do not wait for one another. */
  private float dot(float[] x, int at, int row) {
    float[] h = table;
    float sum = 0;
    int i = at;
    for (int j = row; j < row + length(); j += 8, i += 8) {
      sum +=
          ((x[i] * h[j] + x[i + 1] * h[j + 1]) + (x[i + 2] * h[j + 2] + x[i + 3] * h[j + 3]))
              + ((x[i + 4] * h[j + 4] + x[i + 5] * h[j + 5])
                  + (x[i + 6] * h[j + 6] + x[i + 7] * h[j + 7]));
    }
    return sum;
  }

  /** Rows of coefficients, one more than there are steps; each sums to 1. */
  private float[] table(double scale) {
    float[] rows = new float[(steps + 1) * length()];
    double cutoff = scale * (1 - TRANSITION / 2);
    double[] row = new double[length()];
    for (int step = 0; 2 * step <= steps; step++) {
      double sum = 0;
      for (int j = 0; j < row.length; j++) {
        double time = (double) step / steps + half - 1 - j;
        row[j] = sinc(cutoff * time) * window(time / half);
        sum += row[j];
      }
      for (int j = 0; j < row.length; j++) {
        // The filter is symmetric: rows past half a sample are those before it, read backwards.
        float coefficient = (float) (row[j] / sum);
        rows[step * row.length + j] = coefficient;
        rows[(steps - step + 1) * row.length - 1 - j] = coefficient;
      }
    }
    return rows;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  private static double window(double x) {
    return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
  }

  /** The modified Bessel function of the first kind and order 0, by its power series. */
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
      term *= x / 2 / k * (x / 2 / k);
      sum += term;
    }
    return sum;
  }
}
