// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.measure.Heard;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Timeline;
import dev.continuo.loadtest.measure.Trace;
import dev.continuo.loadtest.plan.Prompts;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A session as one line of {@code sessions.jsonl}; times in milliseconds from the start of the run,
 * null where something did not happen. <i>Thread-safe: holds no state.</i>
 */
final class SessionJson {
  private static final double NANOS_PER_MS = 1e6;
  private static final double MICROS_PER_MS = 1e3;

  private SessionJson() {}

  static ObjectNode of(SessionRecord session) {
    ObjectNode node = ReportJson.JSON.createObjectNode();
    node.put("number", session.plan().number());
    node.put("turn", session.turn());
    node.put("measured", session.measured());
    node.put("outcome", session.outcome().name().toLowerCase(Locale.ROOT));
    node.put("status", session.status());
    node.put("message", session.message());
    node.put("session_id", session.sessionId());
    node.put("behaviour", session.plan().behaviour().name().toLowerCase(Locale.ROOT));
    node.put("recording", session.plan().recording().name());
    node.put("prompt_ms", session.plan().promptFrames() * Prompts.FRAME_MILLIS);
    node.put("continuation_ms", session.plan().continuationMillis());
    node.put("seed", session.plan().seed());
    Timeline t = session.times();
    time(node, "arrival_ms", t.arrivalNanos());
    time(node, "opened_ms", t.openedNanos());
    time(node, "started_ms", t.startedNanos());
    time(node, "prompt_end_ms", t.promptEndNanos());
    time(node, "commit_ms", t.commitNanos());
    time(node, "committed_ms", t.committedNanos());
    time(node, "first_packet_ms", t.firstPacketNanos());
    time(node, "first_audible_ms", t.firstAudibleNanos());
    time(node, "last_packet_ms", t.lastPacketNanos());
    time(node, "ended_ms", t.endedNanos());
    heard(node, session.heard());
    node.put("frames", session.sent().frames());
    node.put("catch_up_frames", session.sent().catchUpFrames());
    node.put("pushed_back_frames", session.sent().pushedBackFrames());
    time(node, "max_send_lateness_ms", session.sent().maxLatenessNanos());
    trace(node, session.trace());
    return node;
  }

  private static void heard(ObjectNode node, Heard heard) {
    node.put("audio_ms", millis(heard.totalAudioNanos()));
    node.put("chunks", heard.arrivalNanos().length);
    node.put("leading_silence_ms", millis(heard.leadingSilenceNanos()));
    node.put("underruns", heard.underruns());
    node.put("longest_gap_ms", millis(heard.longestGapNanos()));
    node.put("silent_ms", millis(heard.silentNanos()));
    node.put("required_buffer_ms", millis(heard.requiredBufferNanos()));
    time(node, "play_start_ms", heard.playStartNanos());
    time(node, "play_end_ms", heard.playEndNanos());
  }

  private static void trace(ObjectNode node, @Nullable Trace trace) {
    if (trace == null) {
      node.putNull("server");
      return;
    }
    ObjectNode server = node.putObject("server");
    server.put("first_audio_ms", trace.firstAudioMicros() / MICROS_PER_MS);
    server.put("queue_ms", trace.queueMicros() / MICROS_PER_MS);
    server.put("tokenize_ms", trace.tokenizeMicros() / MICROS_PER_MS);
    server.put("prefill_ms", trace.prefillMicros() / MICROS_PER_MS);
    server.put("decode_ms", trace.decodeMicros() / MICROS_PER_MS);
    server.put("vocode_ms", trace.vocodeMicros() / MICROS_PER_MS);
    server.put("encode_ms", trace.encodeMicros() / MICROS_PER_MS);
    server.put("rtf", ReportJson.rounded(trace.realTimeFactor()));
  }

  private static void time(ObjectNode node, String name, long nanos) {
    if (nanos == Timeline.NEVER) {
      node.putNull(name);
    } else {
      node.put(name, millis(nanos));
    }
  }

  static double millis(long nanos) {
    return ReportJson.rounded(nanos / NANOS_PER_MS);
  }
}
