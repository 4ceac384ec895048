// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.cli.Build;
import dev.continuo.loadtest.drive.Driver;
import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Outcome;
import java.time.Instant;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code report.json}: the numbers of a run, by stable names.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
public final class ReportJson {
  /** Writes and reads all JSON here. */
  public static final JsonMapper JSON = JsonMapper.shared();

  private static final int SCHEMA_VERSION = 1;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double DECIMALS = 1e3;
  private static final double BYTES_PER_MB = 1e6;

  private ReportJson() {}

  /** The object. */
  public static ObjectNode of(RunResult run) {
    Measures measures = run.measures();
    Validity validity = run.validity();
    ObjectNode node = JSON.createObjectNode();
    node.put("schema_version", SCHEMA_VERSION);
    node.put("valid", validity.reasons().isEmpty());
    strings(node.putArray("invalid_reasons"), validity.reasons());
    strings(node.putArray("warnings"), validity.warnings());
    node.put("end", run.end().name().toLowerCase(Locale.ROOT));
    node.put("started_at", run.startedAt().toString());
    node.put("duration_s", rounded(run.durationNanos() / NANOS_PER_SECOND));
    sessions(node.putObject("sessions"), measures);
    node.put("turns", measures.turns());
    node.put("underruns", measures.underruns());
    if (measures.turns() == 0) {
      node.putNull("continuity_share");
    } else {
      node.put("continuity_share", (double) measures.continuousTurns() / measures.turns());
    }
    for (Metric metric : Metric.values()) {
      distribution(node.putObject(metric.key()), metric, measures);
    }
    ObjectNode errors = node.putObject("errors");
    measures.errors().forEach(errors::put);
    ObjectNode frames = node.putObject("frames");
    frames.put("sent", measures.frames());
    frames.put("catch_up", measures.catchUpFrames());
    frames.put("pushed_back", measures.pushedBackFrames());
    driver(node.putObject("driver"), run.health());
    node.set("settings", run.settings());
    if (run.server() == null) {
      node.putNull("server");
    } else {
      node.set("server", ServerJson.of(run.server()));
    }
    return node;
  }

  /** The report of a run in which nothing happened: all names, no values. */
  public static ObjectNode empty() {
    DriverHealth.Summary health =
        new DriverHealth.Summary(new DriverHealth.Load(0, 0, 0), 0, 0, 0, 0, 0, 1);
    ObjectNode none = JSON.createObjectNode();
    return of(
        new RunResult(Instant.EPOCH, 0, Driver.End.COMPLETED, none, null, new Measures(), health));
  }

  private static void sessions(ObjectNode node, Measures measures) {
    node.put("started", measures.started());
    for (Outcome outcome : Outcome.values()) {
      node.put(outcome.name().toLowerCase(Locale.ROOT), measures.outcome(outcome));
    }
    node.put("warm_up", measures.warmUp());
  }

  private static void distribution(ObjectNode node, Metric metric, Measures measures) {
    Histogram histogram = measures.distributions().total(metric);
    boolean any = histogram.getTotalCount() > 0;
    for (Percentile percentile : Percentile.values()) {
      if (any) {
        double value = histogram.getValueAtPercentile(percentile.percent()) / metric.scale();
        node.put(percentile.key(), rounded(value));
      } else {
        node.putNull(percentile.key());
      }
    }
    if (any) {
      node.put("max", rounded(histogram.getMaxValue() / metric.scale()));
      node.put("mean", rounded(histogram.getMean() / metric.scale()));
    } else {
      node.putNull("max");
      node.putNull("mean");
    }
    node.put("count", histogram.getTotalCount());
  }

  private static void driver(ObjectNode node, DriverHealth.Summary health) {
    node.put("cpu_cores", rounded(health.load().cpuCores()));
    node.put("processors", health.processors());
    node.put("machine_busy_share", rounded(health.load().machineBusy()));
    node.put("steal_share", rounded(health.load().steal()));
    node.put("worst_steal_share", rounded(health.worstSteal()));
    node.put("gc_pauses", health.pauses());
    node.put("gc_pause_ms", health.pauseMillis());
    node.put("gc_longest_pause_ms", health.longestPauseMillis());
    node.put("peak_memory_mb", rounded(health.peakMemoryBytes() / BYTES_PER_MB));
    Build build = Build.current();
    node.put("version", build.version());
    node.put("commit", build.commit());
    node.put("java", System.getProperty("java.version"));
    node.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
  }

  private static void strings(ArrayNode array, Iterable<String> lines) {
    lines.forEach(array::add);
  }

  /** Three decimals: a microsecond, and all that a histogram of three digits can tell. */
  static double rounded(double value) {
    return Math.round(value * DECIMALS) / DECIMALS;
  }

  /** The percentiles that are reported. <i>Immutable.</i> */
  private enum Percentile {
    P50(50),
    P90(90),
    P95(95),
    P99(99);

    private final double percent;

    Percentile(double percent) {
      this.percent = percent;
    }

    double percent() {
      return percent;
    }

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
