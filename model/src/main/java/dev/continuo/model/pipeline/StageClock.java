// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.EnumMap;
import java.util.Map;

/**
 * Splits the time since its creation over the stages, lap by lap, without gaps: every nanosecond
 * between the first and the latest reading of the ticker belongs to exactly one stage.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class StageClock {
  private final Ticker ticker;
  private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);
  private long lastNanos;

  StageClock(Ticker ticker) {
    this.ticker = ticker;
    for (Stage stage : Stage.values()) {
      nanos.put(stage, 0L);
    }
    lastNanos = ticker.nanos();
  }

  /** Gives the time since the previous reading to {@code stage}, and returns it. */
  long lap(Stage stage) {
    long now = ticker.nanos();
    long lap = now - lastNanos;
    nanos.merge(stage, lap, Long::sum);
    lastNanos = now;
    return lap;
  }

  /** What each stage had at the latest lap. */
  StageTimes times() {
    return new StageTimes(nanos);
  }
}
