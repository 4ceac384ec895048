// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.cli.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A report as text for a person. <i>Thread-safe: holds no state.</i> */
final class SummaryTable {
  private static final Map<String, String> ROWS = new LinkedHashMap<>();
  private static final String[] COLUMNS = {"p50", "p90", "p95", "p99", "max"};

  static {
    ROWS.put("first_audio_after_commit_ms", "first audio after commit, ms");
    ROWS.put("first_audible_after_commit_ms", "first audible after commit, ms");
    ROWS.put("first_audio_ms", "first audio after prompt, ms");
    ROWS.put("server_first_audio_ms", "first audio, server's own, ms");
    ROWS.put("chunk_gap_ms", "between pieces of audio, ms");
    ROWS.put("required_buffer_ms", "buffer without underrun, ms");
    ROWS.put("longest_gap_ms", "longest silence, ms");
    ROWS.put("echo_ms", "echo of a frame, ms");
    ROWS.put("rtf", "real-time factor, server");
    ROWS.put("wall_rtf", "real-time factor, wall");
    ROWS.put("reject_ms", "until rejected, ms");
    ROWS.put("send_lateness_ms", "driver's lateness, ms");
  }

  private SummaryTable() {}

  static void print(Terminal terminal, JsonNode report, @Nullable Path page) {
    JsonNode sessions = report.path("sessions");
    StringBuilder line = new StringBuilder("sessions: ");
    line.append(sessions.path("started").asString()).append(" measured");
    for (String outcome :
        new String[] {"completed", "rejected", "failed", "vanished", "stalled", "interrupted"}) {
      int count = sessions.path(outcome).intValue();
      if (count > 0 || outcome.equals("completed")) {
        line.append(", ").append(count).append(' ').append(outcome);
      }
    }
    line.append(" (").append(sessions.path("warm_up").asString()).append(" more in the warm-up)");
    terminal.result(line.toString());
    terminal.result("");
    if (ROWS.keySet().stream().anyMatch(key -> shown(report, key))) {
      rows(terminal, report);
      terminal.result("");
    }
    if (report.path("turns").intValue() > 0) {
      terminal.result(
          String.format(
              Locale.ROOT,
              "turns: %d, without an audible gap: %.2f %%, underruns: %d",
              report.path("turns").intValue(),
              100 * report.path("continuity_share").doubleValue(),
              report.path("underruns").intValue()));
    }
    JsonNode driver = report.path("driver");
    terminal.result(
        String.format(
            Locale.ROOT,
            "driver: %.2f cores, %.0f MB, longest GC pause %d ms, steal %.1f %%",
            driver.path("cpu_cores").doubleValue(),
            driver.path("peak_memory_mb").doubleValue(),
            driver.path("gc_longest_pause_ms").longValue(),
            100 * driver.path("steal_share").doubleValue()));
    String errors =
        report.path("errors").properties().stream()
            .map(e -> e.getKey() + " " + e.getValue().asString())
            .collect(Collectors.joining(", "));
    if (!errors.isEmpty()) {
      terminal.result("errors: " + errors);
    }
    report.path("warnings").forEach(w -> terminal.result("note: " + w.asString()));
    report.path("invalid_reasons").forEach(r -> terminal.result("INVALID: " + r.asString()));
    if (page != null) {
      terminal.result("report: " + page);
    }
  }

  /** A server without models says that everything took no time. */
  private static boolean shown(JsonNode report, String key) {
    boolean told = key.equals("server_first_audio_ms") || key.equals("rtf");
    JsonNode values = report.path(key);
    return values.path("count").longValue() > 0
        && !(told && report.at("/server_first_audio_ms/max").doubleValue() == 0);
  }

  private static void rows(Terminal terminal, JsonNode report) {
    StringBuilder head = new StringBuilder(" ".repeat(32));
    for (String column : COLUMNS) {
      head.append(String.format("%10s", column));
    }
    terminal.result(head.append(String.format("%9s", "count")).toString());
    ROWS.forEach(
        (key, name) -> {
          JsonNode values = report.path(key);
          if (shown(report, key)) {
            StringBuilder row = new StringBuilder(String.format("%-32s", name));
            String format = key.endsWith("rtf") ? "%10.3f" : "%10.1f";
            for (String column : COLUMNS) {
              row.append(String.format(Locale.ROOT, format, values.path(column).doubleValue()));
            }
            row.append(String.format("%9d", values.path("count").longValue()));
            terminal.result(row.toString());
          }
        });
  }
}
