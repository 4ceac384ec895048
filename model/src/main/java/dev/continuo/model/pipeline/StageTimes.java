// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Time by stage. The stages are disjoint and leave nothing out, so they sum to the whole span.
 *
 * <p><i>Immutable.</i>
 *
 * @param nanos nanoseconds of each stage, all of them present, in the order of {@link Stage}
 */
public record StageTimes(Map<Stage, Long> nanos) {

  /**
   * Copies.
   *
   * @throws IllegalArgumentException if a stage is missing
   */
  public StageTimes {
    if (nanos.size() != Stage.values().length) {
      throw new IllegalArgumentException("nanos: " + nanos.keySet() + " (expected: every stage)");
    }
    nanos = Collections.unmodifiableMap(new EnumMap<>(nanos));
  }

  /** Nanoseconds of one stage. */
  public long of(Stage stage) {
    return nanos.getOrDefault(stage, 0L);
  }

  /** The whole span in nanoseconds, waiting included. */
  public long totalNanos() {
    return nanos.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Nanoseconds of work: the whole span less {@link Stage#WAIT}. */
  public long computeNanos() {
    return totalNanos() - of(Stage.WAIT);
  }

  /** The same span with some of one stage's time given to another. */
  StageTimes moved(Stage from, Stage to, long moved) {
    Map<Stage, Long> times = new EnumMap<>(nanos);
    times.merge(from, -moved, Long::sum);
    times.merge(to, moved, Long::sum);
    return new StageTimes(times);
  }

  StageTimes minus(StageTimes earlier) {
    Map<Stage, Long> difference = new EnumMap<>(Stage.class);
    nanos.forEach((stage, value) -> difference.put(stage, value - earlier.of(stage)));
    return new StageTimes(difference);
  }
}
