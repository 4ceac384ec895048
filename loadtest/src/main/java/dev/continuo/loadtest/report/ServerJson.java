// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.Limits;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a server said of itself, under the contract's names. <i>Thread-safe: holds no state.</i> */
final class ServerJson {
  private ServerJson() {}

  static ObjectNode of(GetServerInfoResponse server) {
    ObjectNode node = ReportJson.JSON.createObjectNode();
    node.put("version", server.getVersion());
    node.put("commit", server.getCommit());
    node.put("java_version", server.getJavaVersion());
    node.put("processors", server.getProcessors());
    node.put("uptime_seconds", ReportJson.rounded(server.getUptimeSeconds()));
    node.put("active_sessions", server.getActiveSessions());
    Limits limits = server.getLimits();
    ObjectNode bounds = node.putObject("limits");
    bounds.put("max_sessions", limits.getMaxSessions());
    bounds.put("max_prompt_millis", limits.getMaxPromptMillis());
    bounds.put("max_continuation_millis", limits.getMaxContinuationMillis());
    bounds.put("max_session_millis", limits.getMaxSessionMillis());
    bounds.put("max_idle_millis", limits.getMaxIdleMillis());
    bounds.put("max_message_bytes", limits.getMaxMessageBytes());
    ArrayNode bundles = node.putArray("bundles");
    for (BundleInfo bundle : server.getBundlesList()) {
      ObjectNode one = bundles.addObject();
      one.put("name", bundle.getName());
      one.put("fingerprint", bundle.getFingerprint());
      one.put("unit_rate_hertz", bundle.getUnitRateHertz());
      one.put("unit_count", bundle.getUnitCount());
      one.put("input_sample_rate_hertz", bundle.getInputSampleRateHertz());
      one.put("output_sample_rate_hertz", bundle.getOutputSampleRateHertz());
      one.put("precision", bundle.getPrecision());
      one.put("device", bundle.getDevice());
      one.put("max_positions", bundle.getMaxPositions());
    }
    return node;
  }
}
