// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Units with durations, given out one a frame: a unit that lasts three frames comes three times. It
 * takes no more memory than the units do.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FrameRuns {
  private final int[] units;
  private final int[] durations;
  private final long total;
  private int run;
  private int given;

  /**
   * Starts at the first frame.
   *
   * @param units borrowed
   * @param durations frames of each unit, at least 1; borrowed
   * @throws IllegalArgumentException if there are not as many of both
   */
  FrameRuns(int[] units, int[] durations) {
    if (units.length != durations.length) {
      throw new IllegalArgumentException(
          "durations: " + durations.length + " (expected: " + units.length + ")");
    }
    this.units = units;
    this.durations = durations;
    this.total = IntStream.of(durations).asLongStream().sum();
  }

  /** Frames in all, given out or not. */
  long total() {
    return total;
  }

  /** The next frames, at most {@code most}; empty at the end. */
  int[] next(int most) {
    int[] frames = new int[most];
    int filled = 0;
    while (filled < most && run < units.length) {
      int count = Math.min(most - filled, durations[run] - given);
      Arrays.fill(frames, filled, filled + count, units[run]);
      filled += count;
      given += count;
      if (given == durations[run]) {
        run++;
        given = 0;
      }
    }
    return Arrays.copyOf(frames, filled);
  }
}
