// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import java.util.Arrays;

/**
 * How far streamed units are from offline ones. <i>Immutable.</i>
 *
 * @param ued edits (insert, delete, substitute) between the deduplicated units, per 100 offline
 *     ones
 * @param frameAgreement share of frames with the same unit, 0 to 1; a missing frame disagrees
 */
record Agreement(double ued, double frameAgreement) {
  private static final double PER_HUNDRED = 100;

  static Agreement of(int[] streamed, int[] offline) {
    int same = 0;
    for (int i = 0; i < Math.min(streamed.length, offline.length); i++) {
      same += streamed[i] == offline[i] ? 1 : 0;
    }
    int[] a = UnitLine.ofFrames("", streamed).units();
    int[] b = UnitLine.ofFrames("", offline).units();
    return new Agreement(
        b.length == 0 ? 0 : PER_HUNDRED * edits(a, b) / b.length,
        offline.length == 0 ? 1 : (double) same / Math.max(streamed.length, offline.length));
  }

  /** Levenshtein distance; what is equal at both ends costs nothing and is left out. */
  private static int edits(int[] a, int[] b) {
    int shorter = Math.min(a.length, b.length);
    int differ = Arrays.mismatch(a, b);
    int from = differ < 0 ? shorter : differ;
    int tail = 0;
    while (tail < shorter - from && a[a.length - 1 - tail] == b[b.length - 1 - tail]) {
      tail++;
    }
    return distance(
        Arrays.copyOfRange(a, from, a.length - tail), Arrays.copyOfRange(b, from, b.length - tail));
  }

  private static int distance(int[] a, int[] b) {
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length];
  }
}
