// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.util.Arrays;

/**
 * Joins two streams of samples by a cross-fade: the last {@code overlap} samples of the first lie
 * over the first {@code overlap} of the second, so the whole is as long as both less the overlap.
 * Where one of them is shorter than the overlap, its length is the overlap.
 *
 * <p>However both are cut into chunks, the samples are the same; no more than two overlaps are held
 * back. <i>Serialised by the caller.</i>
 */
public final class CrossFade {
  private static final float[] NONE = {};

  private float[] first = {};
  private float[] second = {};
  private final int overlap;
  private boolean joined;

  private CrossFade(int overlap) {
    this.overlap = overlap;
  }

  /** A cross-fade of 10 ms with raised-cosine gains that sum to 1. */
  public static CrossFade tenMillis(int rateHz) {
    return new CrossFade(Fade.samples(rateHz));
  }

  /**
   * Takes samples of the first stream.
   *
   * @param samples borrowed, not kept
   * @return samples that are certain now; owned by the caller
   * @throws IllegalStateException after {@link #second}
   */
  public float[] first(float[] samples) {
    if (joined || second.length > 0) {
      throw new IllegalStateException("the second stream has begun");
    }
    float[] all = concat(first, samples);
    int certain = Math.max(0, all.length - overlap);
    first = Arrays.copyOfRange(all, certain, all.length);
    return Arrays.copyOf(all, certain);
  }

  /**
   * Takes samples of the second stream.
   *
   * @param samples borrowed, not kept
   * @return samples that are certain now; owned by the caller
   */
  public float[] second(float[] samples) {
    if (joined) {
      return samples.clone();
    }
    second = concat(second, samples);
    return second.length < first.length || second.length == 0 ? NONE : join();
  }

  /** Ends both streams and returns what was held back. */
  public float[] finish() {
    return joined ? NONE : join();
  }

  private float[] join() {
    joined = true;
    int length = Math.min(first.length, second.length);
    int before = first.length - length;
    float[] out = Arrays.copyOf(first, before + second.length);
    System.arraycopy(second, length, out, first.length, second.length - length);
    for (int i = 0; i < length; i++) {
      float gain = Fade.in(i, length);
      out[before + i] = (1 - gain) * first[before + i] + gain * second[i];
    }
    return out;
  }

  private static float[] concat(float[] head, float[] tail) {
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
