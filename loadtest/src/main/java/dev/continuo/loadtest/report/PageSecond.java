// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Second;
import org.HdrHistogram.Histogram;

/**
 * What the page keeps of a second. <i>Immutable.</i>
 *
 * @param atSeconds its end, from the start of the run
 * @param active sessions open then
 * @param latenessMs 99th percentile of the driver's lateness in it, 0 if nothing was sent
 * @param cpuCores processors that the driver kept busy
 * @param steal share of the machine that others got
 */
record PageSecond(double atSeconds, int active, double latenessMs, double cpuCores, double steal) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double HIGH = 99;

  static PageSecond of(Second second) {
    Histogram late = second.intervals().get(Metric.SEND_LATENESS_MS);
    double latenessMs =
        late == null ? 0 : late.getValueAtPercentile(HIGH) / Metric.SEND_LATENESS_MS.scale();
    return new PageSecond(
        ReportJson.rounded(second.atNanos() / NANOS_PER_SECOND),
        second.active(),
        latenessMs,
        ReportJson.rounded(second.load().cpuCores()),
        ReportJson.rounded(second.load().steal()));
  }
}
