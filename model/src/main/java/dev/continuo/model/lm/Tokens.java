// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import java.util.Arrays;

/**
 * Tokens of one pass: groups of neighbouring positions, each group in a row of its own.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Tokens {
  private long[] ids = {};
  private long[] rows = {};
  private long[] positions = {};
  private long[] groups = {}; // first token and number of tokens of each group
  private long[] at = {}; // row and first position of each group

  /**
   * Adds a group.
   *
   * @param row of the cache
   * @param position of its first token
   * @param tokens vocabulary ids
   */
  void add(int row, int position, int... tokens) {
    int n = ids.length;
    groups = join(groups, n, tokens.length);
    at = join(at, row, position);
    ids = Arrays.copyOf(ids, n + tokens.length);
    rows = Arrays.copyOf(rows, ids.length);
    positions = Arrays.copyOf(positions, ids.length);
    for (int i = 0; i < tokens.length; i++) {
      ids[n + i] = tokens[i];
      rows[n + i] = row;
      positions[n + i] = (long) position + i;
    }
  }

  private static long[] join(long[] list, long a, long b) {
    long[] joined = Arrays.copyOf(list, list.length + 2);
    joined[list.length] = a;
    joined[list.length + 1] = b;
    return joined;
  }

  int size() {
    return ids.length;
  }

  /** Ids, rows and positions, (3, size). */
  long[] flat() {
    long[] flat = Arrays.copyOf(ids, 3 * ids.length);
    System.arraycopy(rows, 0, flat, ids.length, ids.length);
    System.arraycopy(positions, 0, flat, 2 * ids.length, ids.length);
    return flat;
  }

  long[] groups() {
    return groups;
  }

  long[] at() {
    return at;
  }

  /** Index of each group's last token. */
  long[] last() {
    long[] last = new long[groups.length / 2];
    for (int i = 0; i < last.length; i++) {
      last[i] = groups[2 * i] + groups[2 * i + 1] - 1;
    }
    return last;
  }
}
