// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * Raised-cosine gains and the length of every fade here, 10 ms: short enough to be part of the
 * sound, long enough not to click.
 *
 * <p><i>Immutable.</i>
 */
public final class Fade {
  private static final int FADES_PER_SECOND = 100;

  private Fade() {}

  /** Samples of 10 ms, at least 1. */
  public static int samples(int rateHz) {
    return Math.max(1, rateHz / FADES_PER_SECOND);
  }

  /**
   * Gain of sample {@code index} of a fade-in over {@code length} samples: (1 - cos(pi (index +
   * 1/2) / length)) / 2. The fade-out's is 1 less that, so a cross-fade of a signal with itself is
   * the signal, and one of two signals never exceeds the louder.
   */
  public static float in(long index, int length) {
    return (float) (0.5 - 0.5 * Math.cos(Math.PI * (index + 0.5) / length));
  }
}
