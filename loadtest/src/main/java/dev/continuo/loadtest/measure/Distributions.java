// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One histogram a metric, for the whole run and for the time since it was last asked.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Distributions {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long NANOS_PER_MICRO = 1000;

  private final Map<Metric, Histogram> totals = new EnumMap<>(Metric.class);
  private Map<Metric, Histogram> intervals = new EnumMap<>(Metric.class);

  /** A histogram as used here: three digits, as large as it must be. */
  public static Histogram histogram() {
    return new Histogram(SIGNIFICANT_DIGITS);
  }

  private static Histogram of(Map<Metric, Histogram> histograms, Metric metric) {
    return histograms.computeIfAbsent(metric, m -> histogram());
  }

  /** Records a time between two moments, unless one of them never came or they are in reverse. */
  void between(Metric metric, long fromNanos, long toNanos) {
    if (fromNanos != Timeline.NEVER && toNanos >= fromNanos) {
      micros(metric, (toNanos - fromNanos) / NANOS_PER_MICRO);
    }
  }

  /** Records a time. */
  void micros(Metric metric, long micros) {
    of(totals, metric).recordValue(micros);
    of(intervals, metric).recordValue(micros);
  }

  /** Records a ratio of 0 or more. */
  void ratio(Metric metric, double ratio) {
    micros(metric, Math.round(ratio * metric.scale()));
  }

  /** Adds values that were recorded elsewhere, in the metric's own scale. */
  void add(Metric metric, Histogram values) {
    of(totals, metric).add(values);
    of(intervals, metric).add(values);
  }

  /** What was recorded since the last call, metrics without values left out; the caller's. */
  public Map<Metric, Histogram> takeIntervals() {
    Map<Metric, Histogram> taken = intervals;
    intervals = new EnumMap<>(Metric.class);
    taken.values().removeIf(histogram -> histogram.getTotalCount() == 0);
    return taken;
  }

  /** Everything recorded so far; borrowed, not to be changed. */
  public Histogram total(Metric metric) {
    return of(totals, metric);
  }

  /** A percentile of everything so far in the metric's unit; not a number where nothing is. */
  public double percentile(Metric metric, double percent) {
    Histogram histogram = total(metric);
    return histogram.getTotalCount() == 0
        ? Double.NaN
        : histogram.getValueAtPercentile(percent) / metric.scale();
  }
}
