// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.StageTimes;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A continuation's result as a JSON object. <i>Thread-safe: holds no state.</i> */
final class ContinuationJson {
  private static final double NANOS_PER_MS = 1e6;

  private ContinuationJson() {}

  static ObjectNode of(Continuation result, int rateHz, long seed) {
    ObjectNode node = UnitLine.JSON.createObjectNode();
    double seconds = (double) result.samples() / rateHz;
    node.put("seconds", seconds);
    node.put("prompt_units", result.promptUnits());
    ArrayNode units = node.putArray("units");
    result.units().forEach(units::add);
    ArrayNode durations = node.putArray("durations");
    result.durations().forEach(durations::add);
    node.put("end", result.end().name().toLowerCase(Locale.ROOT));
    node.put("seed", seed);
    node.put("rtf", result.times().computeNanos() / (seconds * 1e9));
    times(node.putObject("times_ms"), result.times());
    times(node.putObject("first_audio_ms"), result.firstAudio());
    return node;
  }

  private static void times(ObjectNode node, StageTimes times) {
    for (Stage stage : Stage.values()) {
      node.put(stage.name().toLowerCase(Locale.ROOT), times.of(stage) / NANOS_PER_MS);
    }
    node.put("total", times.totalNanos() / NANOS_PER_MS);
  }
}
