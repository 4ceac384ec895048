// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.plan.Arrivals;
import dev.continuo.loadtest.plan.Codec;
import org.jspecify.annotations.Nullable;

/**
 * How a run is driven. <i>Immutable.</i>
 *
 * @param bundle name of the bundle, null for the server's default
 * @param codec how audio travels, both ways
 * @param realTime whether the server is to hold audio back to the pace of playback
 * @param arrivals when people come, in an open loop; null for a closed one
 * @param people how many there are, in a closed loop; 0 in an open one
 * @param turns sessions of one person in an open loop, each after the one before was heard, 1 or
 *     more
 * @param rampNanos over which people of a closed loop begin
 * @param warmUpNanos sessions that arrive earlier do not count
 * @param durationNanos after the warm-up, while sessions arrive
 * @param drainNanos after that, until sessions that do not end are given up
 * @param commitDelayNanos from the prompt's end to the commit
 * @param playerBufferNanos audio that a player waits for
 */
public record RunSettings(
    @Nullable String bundle,
    Codec codec,
    boolean realTime,
    @Nullable Arrivals arrivals,
    int people,
    int turns,
    long rampNanos,
    long warmUpNanos,
    long durationNanos,
    long drainNanos,
    long commitDelayNanos,
    long playerBufferNanos) {
  /** Checks what would make a run without sense. */
  public RunSettings {
    if ((arrivals == null) == (people == 0) || people < 0 || turns < 1) {
      throw new IllegalArgumentException(
          "people, turns: " + people + ", " + turns + " (expected: people or arrivals; 1 turn)");
    }
  }

  /** When the last session may arrive. */
  public long endNanos() {
    return warmUpNanos + durationNanos;
  }

  /** Whether a session counts. */
  public boolean measured(long arrivalNanos) {
    return arrivalNanos >= warmUpNanos && arrivalNanos < endNanos();
  }
}
