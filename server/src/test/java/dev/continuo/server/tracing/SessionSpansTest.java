// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Stages;
import dev.continuo.wire.Reasons;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Spans as a collector would get them. */
class SessionSpansTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";
  private static final SessionObserver.Who WHO =
      new SessionObserver.Who("s1", "r1", "starter", "00-" + TRACE + "-" + PARENT + "-01");
  private static final long SECOND = 1_000_000_000;

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();
  private long nowNanos = 50 * SECOND;
  private final SessionSpans spans = SessionSpans.of(sdk, () -> nowNanos);

  private SpanData span(String name) {
    return exporter.getFinishedSpanItems().stream()
        .filter(s -> s.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void turn() {
    Stages stages =
        Stages.newBuilder()
            .setQueueMicros(4_000)
            .setTokenizeMicros(2_000)
            .setDecodeMicros(28_000)
            .setVocodeMicros(5_000)
            .setEncodeMicros(1_000)
            .build();
    LatencyTrace trace = LatencyTrace.newBuilder().setFirstAudio(stages).build();
    long start = nowNanos;
    nowNanos += 4 * SECOND;
    spans.turned(
        WHO,
        new SessionObserver.TurnReport(
            start, start + SECOND, start + SECOND + 40_000_000, nowNanos, 30, 60, trace));
  }

  @Test
  void layTheStagesEndToEndFromTheCommitToTheFirstAudio() {
    spans.admitted(WHO, 0);
    turn();
    spans.ended(
        WHO, new SessionObserver.SessionReport(50 * SECOND, nowNanos, "completed", "", 1, 3, 2));
    SpanData session = span("session");
    SpanData turn = span("turn");
    assertThat(session.getTraceId()).isEqualTo(TRACE);
    assertThat(session.getParentSpanId()).isEqualTo(PARENT);
    assertThat(session.getAttributes().get(AttributeKey.stringKey("continuo.session_id")))
        .isEqualTo("s1");
    assertThat(session.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(turn.getParentSpanId()).isEqualTo(session.getSpanId());
    assertThat(turn.getEndEpochNanos() - turn.getStartEpochNanos()).isEqualTo(4 * SECOND);
    long at = turn.getStartEpochNanos() + SECOND; // the commit
    for (String name : List.of("queue", "tokenize", "prefill", "decode", "vocode", "encode")) {
      SpanData stage = span(name);
      assertThat(stage.getParentSpanId()).as(name).isEqualTo(turn.getSpanId());
      assertThat(stage.getStartEpochNanos()).as(name).isEqualTo(at);
      at = stage.getEndEpochNanos();
    }
    assertThat(at).isEqualTo(turn.getStartEpochNanos() + SECOND + 40_000_000); // the first audio
    assertThat(session.getEndEpochNanos()).isEqualTo(turn.getEndEpochNanos());
  }

  @Test
  void sayWhatWentWrong() {
    spans.admitted(WHO, 0);
    spans.ended(
        WHO,
        new SessionObserver.SessionReport(
            50 * SECOND, 51 * SECOND, "slow_consumer", "nothing read", 0, 0, 0));
    assertThat(span("session").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span("session").getStatus().getDescription()).isEqualTo("nothing read");
    exporter.reset();
    spans.rejected(WHO, SessionFailure.retry(Reasons.TOO_MANY_SESSIONS, "no room", 1), SECOND);
    assertThat(span("session").getStatus().getDescription()).isEqualTo("no room");
    assertThat(span("session").getEndEpochNanos() - span("session").getStartEpochNanos())
        .isGreaterThanOrEqualTo(SECOND);
  }

  @Test
  void startATraceWhereTheClientSendsNoneOrNonsense() {
    for (String parent : List.of("", "00-nonsense")) {
      exporter.reset();
      SessionObserver.Who who = new SessionObserver.Who("s", "s", "b", parent);
      spans.admitted(who, 0);
      spans.ended(who, new SessionObserver.SessionReport(0, 1, "completed", "", 0, 0, 0));
      assertThat(span("session").getParentSpanContext().isValid()).as(parent).isFalse();
    }
  }

  @Test
  void areMadeOnlyWhereTheEnvironmentAsksForThem() {
    assertThat(Tracing.of(Map.of(), Ticker.system())).isEmpty();
    assertThat(Tracing.of(Map.of("OTEL_TRACES_EXPORTER", "none"), Ticker.system())).isEmpty();
    assertThat(
            Tracing.of(
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://x", "OTEL_SDK_DISABLED", "true"),
                Ticker.system()))
        .isEmpty();
    Tracing asked =
        Tracing.of(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), Ticker.system())
            .orElseThrow();
    asked.close();
    asked.close();
  }
}
