// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;

/**
 * Makes meters: what is called {@code step.duration} here is {@code continuo_step_duration_seconds}
 * to Prometheus.
 *
 * <p><i>Thread-safe: as the registry is.</i>
 */
record Meters(MeterRegistry registry) {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * A histogram of times.
   *
   * @param bucketSeconds upper bounds, ascending
   * @param tags names and values, by turns
   */
  Timer timer(String name, String help, double[] bucketSeconds, String... tags) {
    return Timer.builder("continuo." + name)
        .description(help)
        .tags(tags)
        .serviceLevelObjectives(
            Arrays.stream(bucketSeconds)
                .mapToObj(s -> Duration.ofNanos(Math.round(s * NANOS_PER_SECOND)))
                .toArray(Duration[]::new))
        .register(registry);
  }

  /**
   * A histogram of numbers.
   *
   * @param unit base unit, which becomes the name's end; empty for none
   */
  DistributionSummary summary(
      String name, String unit, String help, double[] buckets, String... tags) {
    DistributionSummary.Builder summary =
        DistributionSummary.builder("continuo." + name)
            .description(help)
            .tags(tags)
            .serviceLevelObjectives(buckets);
    return (unit.isEmpty() ? summary : summary.baseUnit(unit)).register(registry);
  }

  /** A counter, whose name gets {@code _total}. */
  Counter counter(String name, String help, String... tags) {
    return Counter.builder("continuo." + name).description(help).tags(tags).register(registry);
  }
}
