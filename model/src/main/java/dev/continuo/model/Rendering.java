// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/**
 * How a vocoder is to speak an utterance.
 *
 * <p><i>Immutable.</i>
 *
 * @param speaker voice, from 0
 * @param style speaking style, from 0
 * @param lookAheadFrames most frames to wait for behind those whose samples are given; {@link
 *     #EXACT} waits until the samples are those of the whole utterance
 * @param unitFrames frames of each drawn unit where the vocoder predicts no durations, at least 1
 */
public record Rendering(int speaker, int style, int lookAheadFrames, int unitFrames) {
  /** As many frames as make the samples exact. */
  public static final int EXACT = Integer.MAX_VALUE;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a value is negative, or {@code unitFrames} is not positive
   */
  public Rendering {
    if (speaker < 0 || style < 0 || lookAheadFrames < 0) {
      throw new IllegalArgumentException(
          "speaker, style, lookAheadFrames: %d, %d, %d (expected: 0 or more)"
              .formatted(speaker, style, lookAheadFrames));
    }
    if (unitFrames < 1) {
      throw new IllegalArgumentException("unitFrames: " + unitFrames + " (expected: 1 or more)");
    }
  }

  /** One frame a unit, where the vocoder predicts no durations. */
  public Rendering(int speaker, int style, int lookAheadFrames) {
    this(speaker, style, lookAheadFrames, 1);
  }

  /** The first voice in its first style, exactly. */
  public static Rendering first() {
    return new Rendering(0, 0, EXACT);
  }
}
