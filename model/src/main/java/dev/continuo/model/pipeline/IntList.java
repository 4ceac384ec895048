// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Numbers in a row that grows at its end and can be shortened there.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class IntList implements IntConsumer {
  private int[] values = new int[64];
  private int size;

  @Override
  public void accept(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void add(int[] some) {
    for (int value : some) {
      accept(value);
    }
  }

  int size() {
    return size;
  }

  /** Forgets all but the first {@code length}. */
  void shorten(int length) {
    if (length < 0 || length > size) {
      throw new IllegalArgumentException("length: " + length + " (expected: 0 to " + size + ")");
    }
    size = length;
  }

  int[] toArray() {
    return from(0);
  }

  /** A copy of those from {@code start} on. */
  int[] from(int start) {
    return Arrays.copyOfRange(values, start, size);
  }
}
