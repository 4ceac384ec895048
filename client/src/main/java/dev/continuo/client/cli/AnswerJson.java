// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Stages;
import dev.continuo.v1.TurnEvent;
import dev.continuo.v1.UnitSpan;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer as a JSON object: the fields of the offline {@code continue}, times as the server
 * measured them. It counts predicting durations within {@code vocode}.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class AnswerJson {
  private static final JsonMapper JSON = new JsonMapper();
  private static final double MICROS_PER_MS = 1000;
  private static final double NANOS_PER_MS = 1e6;

  private AnswerJson() {}

  static ObjectNode of(Answer answer, String server) {
    LatencyTrace trace = answer.trace();
    ObjectNode node = JSON.createObjectNode();
    node.put("seconds", answer.seconds());
    node.put("prompt_units", answer.promptUnits());
    ArrayNode units = node.putArray("units");
    ArrayNode durations = node.putArray("durations");
    for (UnitSpan span : answer.units()) {
      units.add(span.getUnit());
      durations.add(span.getDurationFrames());
    }
    node.put("end", end(answer.completed().getReason()));
    node.put("seed", answer.started().getSampling().getSeed());
    node.put("rtf", trace.getRealTimeFactor());
    times(node.putObject("times_ms"), trace.getCompute());
    times(node.putObject("first_audio_ms"), trace.getFirstAudio());
    node.put("server", server);
    node.put("session_id", answer.started().getSessionId());
    return node;
  }

  /** The same with what the client's own clock adds. */
  static ObjectNode of(Answer answer, String server, Timing timing) {
    ObjectNode node = of(answer, server);
    if (timing.isAnswer()) {
      node.put("first_audio_after_prompt_ms", timing.afterPromptNanos() / NANOS_PER_MS);
      node.put("first_audio_after_commit_ms", timing.afterCommitNanos() / NANOS_PER_MS);
      node.put("network_ms", timing.networkNanos(answer.trace()) / NANOS_PER_MS);
    }
    return node;
  }

  private static String end(TurnEvent.Reason reason) {
    return switch (reason) {
      case REASON_MAX_LENGTH -> "seconds";
      case REASON_END_OF_SEQUENCE -> "model";
      case REASON_CONTEXT_FULL -> "context";
      case REASON_CANCELLED -> "cancelled";
      case REASON_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  private static void times(ObjectNode node, Stages stages) {
    node.put("wait", stages.getQueueMicros() / MICROS_PER_MS);
    node.put("tokenize", stages.getTokenizeMicros() / MICROS_PER_MS);
    node.put("prefill", stages.getPrefillMicros() / MICROS_PER_MS);
    node.put("decode", stages.getDecodeMicros() / MICROS_PER_MS);
    node.put("durations", 0.0);
    node.put("vocode", stages.getVocodeMicros() / MICROS_PER_MS);
    node.put("encode", stages.getEncodeMicros() / MICROS_PER_MS);
    node.put("total", total(stages) / MICROS_PER_MS);
  }

  static long total(Stages stages) {
    return stages.getQueueMicros()
        + stages.getTokenizeMicros()
        + stages.getPrefillMicros()
        + stages.getDecodeMicros()
        + stages.getVocodeMicros()
        + stages.getEncodeMicros();
  }
}
