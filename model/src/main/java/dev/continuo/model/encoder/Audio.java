// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import java.util.Arrays;

/**
 * Samples of a recording by their place in it; those that nobody needs any more can be dropped.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Audio {
  private static final int FIRST_CAPACITY = 16_384;

  private float[] samples = new float[FIRST_CAPACITY];
  private long start; // place of samples[0]
  private int count;

  void add(float[] some, int offset, int length) {
    if (count + length > samples.length) {
      long wanted = Math.max(count + (long) length, 2L * count);
      samples = Arrays.copyOf(samples, Math.toIntExact(Math.min(wanted, Integer.MAX_VALUE - 8)));
    }
    System.arraycopy(some, offset, samples, count, length);
    count += length;
  }

  /** Number of samples of the recording, dropped ones included. */
  long end() {
    return start + count;
  }

  /** A copy of the samples [from, to), which must be there. */
  float[] copy(long from, long to) {
    if (from < start || to > end()) {
      throw new IllegalArgumentException(
          "samples " + from + ".." + to + " (expected: in " + start + ".." + end() + ")");
    }
    return Arrays.copyOfRange(samples, (int) (from - start), (int) (to - start));
  }

  /** Forgets the samples before {@code place}. */
  void drop(long place) {
    int gone = (int) Math.min(count, Math.max(0, place - start));
    if (gone > samples.length / 2) { // seldom, so that each sample is moved but once or twice
      System.arraycopy(samples, gone, samples, 0, count - gone);
      count -= gone;
      start += gone;
    }
  }
}
