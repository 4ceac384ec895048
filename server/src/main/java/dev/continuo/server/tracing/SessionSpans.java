// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.tracing;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Stages;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A span of each session under its client's, one of each turn, and in it the way to the first audio
 * in its stages, as the latency trace has them: they follow each other and fill the time from the
 * commit to the first audio.
 *
 * <p><i>Thread-safe.</i>
 */
final class SessionSpans implements SessionObserver {
  private static final long NANOS_PER_MICRO = 1_000;
  private static final String SCOPE = "dev.continuo";
  private static final Set<String> WELL = Set.of("completed", "cancelled", "client_gone");
  private static final TextMapGetter<String> HEADER =
      new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // still to be implemented
        public Iterable<String> keys(String parent) {
          return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable String parent, String key) {
          return key.equals("traceparent") ? parent : null;
        }
      };

  private record Stage(String name, long micros) {}

  /**
   * A session's span.
   *
   * @param offsetNanos from the ticker's time to the calendar's: one for all of a session's spans,
   *     so that they fit together
   */
  private record Open(Span span, long offsetNanos) {}

  private final Tracer tracer;
  private final Ticker ticker;
  private final Map<String, Open> open = new ConcurrentHashMap<>(); // by session

  private SessionSpans(Tracer tracer, Ticker ticker) {
    this.tracer = tracer;
    this.ticker = ticker;
  }

  static SessionSpans of(OpenTelemetry telemetry, Ticker ticker) {
    return new SessionSpans(telemetry.getTracer(SCOPE), ticker);
  }

  @Override
  public void admitted(Who who, long waitedNanos) {
    long now = ticker.nanos();
    long offset = epochNanos() - now;
    Span span = session(who, now - waitedNanos + offset);
    span.setAttribute("continuo.waited_seconds", waitedNanos / 1e9);
    open.put(who.session(), new Open(span, offset));
  }

  @Override
  public void rejected(Who who, SessionFailure why, long afterNanos) {
    Span span = session(who, epochNanos() - afterNanos);
    span.setAttribute("continuo.reason", why.reason().toLowerCase(Locale.ROOT));
    span.setStatus(StatusCode.ERROR, why.line());
    span.end();
  }

  private Span session(Who who, long startEpochNanos) {
    return tracer
        .spanBuilder("session")
        .setSpanKind(SpanKind.SERVER)
        .setParent(
            W3CTraceContextPropagator.getInstance()
                .extract(Context.root(), who.traceParent(), HEADER))
        .setStartTimestamp(startEpochNanos, TimeUnit.NANOSECONDS)
        .setAttribute("continuo.session_id", who.session())
        .setAttribute("continuo.request_id", who.request())
        .setAttribute("continuo.bundle", who.bundle())
        .startSpan();
  }

  @Override
  public void turned(Who who, TurnReport turn) {
    Open session = open.get(who.session());
    if (session == null) {
      return;
    }
    long offset = session.offsetNanos();
    LatencyTrace trace = turn.trace();
    Span span =
        under(session.span(), "turn", turn.startNanos() + offset)
            .setAttribute("continuo.prompt_units", turn.promptUnits())
            .setAttribute("continuo.continuation_units", turn.continuationUnits())
            .setAttribute("continuo.prompt_seconds", trace.getPromptMicros() / 1e6)
            .setAttribute("continuo.continuation_seconds", trace.getContinuationMicros() / 1e6)
            .setAttribute("continuo.real_time_factor", trace.getRealTimeFactor())
            .startSpan();
    if (turn.committedNanos() != 0) {
      span.addEvent("committed", turn.committedNanos() + offset, TimeUnit.NANOSECONDS);
    }
    if (turn.firstSentNanos() != 0) {
      span.addEvent("first audio", turn.firstSentNanos() + offset, TimeUnit.NANOSECONDS);
      long at = turn.committedNanos() + offset;
      for (Stage stage : stages(trace.getFirstAudio())) {
        long end = at + stage.micros() * NANOS_PER_MICRO;
        under(span, stage.name(), at).startSpan().end(end, TimeUnit.NANOSECONDS);
        at = end;
      }
    }
    span.end(turn.endNanos() + offset, TimeUnit.NANOSECONDS);
  }

  private static List<Stage> stages(Stages s) {
    return List.of(
        new Stage("queue", s.getQueueMicros()),
        new Stage("tokenize", s.getTokenizeMicros()),
        new Stage("prefill", s.getPrefillMicros()),
        new Stage("decode", s.getDecodeMicros()),
        new Stage("vocode", s.getVocodeMicros()),
        new Stage("encode", s.getEncodeMicros()));
  }

  private SpanBuilder under(Span parent, String name, long startEpochNanos) {
    return tracer
        .spanBuilder(name)
        .setParent(Context.root().with(parent))
        .setStartTimestamp(startEpochNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void ended(Who who, SessionReport report) {
    Open session = open.remove(who.session());
    if (session == null) {
      return;
    }
    Span span = session.span();
    span.setAttribute("continuo.reason", report.reason());
    span.setAttribute("continuo.turns", report.turns());
    if (!WELL.contains(report.reason())) {
      span.setStatus(StatusCode.ERROR, report.detail());
    }
    span.end(report.endNanos() + session.offsetNanos(), TimeUnit.NANOSECONDS);
  }

  private static long epochNanos() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
