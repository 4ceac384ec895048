// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.loadtest.drive.RunSettings;
import dev.continuo.loadtest.plan.Arrivals;
import dev.continuo.loadtest.plan.Recording;
import dev.continuo.loadtest.plan.Workload;
import dev.continuo.loadtest.report.ReportJson;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run was told to do, for its report. <i>Thread-safe: holds no state.</i> */
final class SettingsJson {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MS = 1e6;

  private SettingsJson() {}

  static ObjectNode of(String server, int connections, RunSettings run, Workload workload) {
    ObjectNode node = ReportJson.JSON.createObjectNode();
    node.put("server", server);
    node.put("bundle", run.bundle());
    Arrivals arrivals = run.arrivals();
    node.put("loop", arrivals == null ? "closed" : "open");
    if (arrivals == null) {
      node.put("sessions", run.people());
    } else {
      node.put("rate_per_second", arrivals.ratePerSecond());
      node.put("arrivals", arrivals.pattern().name().toLowerCase(Locale.ROOT));
      node.put("burst_size", arrivals.burstSessions());
      node.put("turns", run.turns());
    }
    node.put("ramp_s", run.rampNanos() / NANOS_PER_SECOND);
    node.put("warmup_s", run.warmUpNanos() / NANOS_PER_SECOND);
    node.put("duration_s", run.durationNanos() / NANOS_PER_SECOND);
    node.put("drain_s", run.drainNanos() / NANOS_PER_SECOND);
    node.put("prompt_seconds", workload.promptLengths().toString());
    node.put("continue_seconds", workload.continuationLengths().toString());
    node.put("think_seconds", workload.thinkLengths().toString());
    node.put("codec", run.codec().name().toLowerCase(Locale.ROOT));
    node.put("pacing", run.realTime() ? "real-time" : "none");
    node.put("commit_delay_ms", run.commitDelayNanos() / NANOS_PER_MS);
    node.put("player_buffer_ms", run.playerBufferNanos() / NANOS_PER_MS);
    node.put("stall_share", workload.stallShare());
    node.put("vanish_share", workload.vanishShare());
    node.put("connections", connections);
    node.put("seed", workload.seed());
    ArrayNode recordings = node.putArray("recordings");
    workload.prompts().recordings().stream().map(Recording::name).forEach(recordings::add);
    node.put("recordings_sha256", workload.prompts().hash());
    return node;
  }
}
