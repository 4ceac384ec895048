// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.plan.Prompts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a run may be believed, and what to keep in mind if it is. <i>Immutable.</i>
 *
 * @param reasons why it is invalid, one line each; empty if it is valid
 * @param warnings what may have spoiled it, one line each
 */
public record Validity(List<String> reasons, List<String> warnings) {
  /** A driver this late no longer speaks as microphones do: one frame. */
  private static final double LATENESS_LIMIT_MS = Prompts.FRAME_MILLIS;

  private static final double STEAL_LIMIT = 0.02;
  private static final double BUSY_LIMIT = 0.9;

  /** Share of frames: below it, they say nothing. */
  private static final double NOTABLE_SHARE = 0.01;

  /** Judges a run. */
  public static Validity of(Measures measures, DriverHealth.Summary health) {
    List<String> reasons = new ArrayList<>();
    double lateMs = measures.distributions().percentile(Metric.SEND_LATENESS_MS, 99);
    if (lateMs > LATENESS_LIMIT_MS) {
      reasons.add(
          line(
              "the driver was late: send_lateness_ms.p99: %.1f (expected: at most %.0f, one frame)",
              lateMs, LATENESS_LIMIT_MS));
    }
    return new Validity(List.copyOf(reasons), List.copyOf(warnings(measures, health)));
  }

  private static List<String> warnings(Measures measures, DriverHealth.Summary health) {
    List<String> warnings = new ArrayList<>();
    if (measures.turns() == 0) {
      warnings.add("no turn was measured: there are no latencies");
    }
    if (health.load().steal() > STEAL_LIMIT) {
      warnings.add(
          line(
              "the hypervisor gave %.1f %% of the machine to others", 100 * health.load().steal()));
    }
    if (health.load().cpuCores() > BUSY_LIMIT * health.processors()) {
      warnings.add(
          line(
              "the driver kept %.2f of %d processors busy: it may measure itself",
              health.load().cpuCores(), health.processors()));
    }
    if (health.longestPauseMillis() > Prompts.FRAME_MILLIS) {
      warnings.add(
          line("the driver's garbage collector paused for %d ms", health.longestPauseMillis()));
    }
    if (measures.catchUpFrames() > NOTABLE_SHARE * measures.frames()) {
      warnings.add(
          line(
              "%d of %d frames were sent more than a frame late, together with the next",
              measures.catchUpFrames(), measures.frames()));
    }
    if (measures.pushedBackFrames() > NOTABLE_SHARE * measures.frames()) {
      warnings.add(
          line(
              "%d of %d frames found the connection full: the server takes audio too slowly",
              measures.pushedBackFrames(), measures.frames()));
    }
    return warnings;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
