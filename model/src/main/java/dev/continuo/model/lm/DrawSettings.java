// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.Sampling;
import java.util.Arrays;

/**
 * How units are drawn for some rows, as the scripts take it.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class DrawSettings {
  private static final int SETTINGS = 5;

  private final double[] settings;
  private final int rows;
  private boolean greedy = true;
  private long[] seen = {};

  DrawSettings(int rows) {
    this.rows = rows;
    this.settings = new double[SETTINGS * rows];
  }

  /**
   * Says how a row is drawn.
   *
   * @param uniform number in [0, 1)
   */
  void set(int row, Sampling sampling, double uniform) {
    boolean likeliest = sampling.temperature() <= 0;
    greedy &= likeliest;
    settings[row] = likeliest ? 1 : sampling.temperature();
    settings[rows + row] =
        likeliest ? 1 : sampling.topK() > 0 ? sampling.topK() : Integer.MAX_VALUE;
    settings[2 * rows + row] = sampling.topP();
    settings[3 * rows + row] = sampling.repetitionPenalty();
    settings[4 * rows + row] = uniform;
  }

  /**
   * Says which ids stand in a row's context and are penalised.
   *
   * @param allowed indices of them among the allowed ids, each once
   */
  void penalise(int row, int[] allowed) {
    int before = seen.length / 2;
    int n = before + allowed.length;
    long[] more = Arrays.copyOf(seen, 2 * n);
    System.arraycopy(seen, before, more, n, before);
    for (int i = 0; i < allowed.length; i++) {
      more[before + i] = row;
      more[n + before + i] = allowed[i];
    }
    seen = more;
  }

  /** Temperature, top-k, top-p, repetition penalty and uniform number of each row, (5, rows). */
  double[] settings() {
    return settings;
  }

  /** Whether all rows take the likeliest unit. */
  boolean greedy() {
    return greedy;
  }

  /** Rows and allowed ids that are penalised, (2, n). */
  long[] seen() {
    return seen;
  }
}
