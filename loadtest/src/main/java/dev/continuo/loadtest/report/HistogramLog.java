// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Second;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * {@code histograms.hlog}: what was recorded in each second, in HdrHistogram's own format, tagged
 * with the metric's name. Values are microseconds, or millionths of a ratio.
 *
 * <p><i>Confined to the main thread.</i>
 */
final class HistogramLog {
  private static final double NANOS_PER_MS = 1e6;

  private final HistogramLogWriter writer;
  private final long startMillis;
  private long lastMillis;

  HistogramLog(OutputStream out, Instant startedAt) {
    startMillis = startedAt.toEpochMilli();
    lastMillis = startMillis;
    writer = new HistogramLogWriter(new PrintStream(out, false, StandardCharsets.UTF_8));
    writer.outputComment("[microseconds; rtf and wall_rtf in millionths]");
    writer.outputLogFormatVersion();
    writer.outputStartTime(startMillis);
    writer.setBaseTime(startMillis);
    writer.outputLegend();
  }

  void add(Second second) {
    long millis = startMillis + Math.round(second.atNanos() / NANOS_PER_MS);
    for (Map.Entry<Metric, Histogram> interval : second.intervals().entrySet()) {
      Histogram histogram = interval.getValue();
      histogram.setTag(interval.getKey().key());
      histogram.setStartTimeStamp(lastMillis);
      histogram.setEndTimeStamp(millis);
      writer.outputIntervalHistogram(histogram);
    }
    lastMillis = millis;
  }

  /** Everything added so far goes to the stream. */
  void flush() {
    writer.close();
  }
}
