// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.metrics;

import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.SessionObserver;
import dev.continuo.wire.Reasons;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts sessions and measures what their clients get. <i>Thread-safe.</i> */
final class SessionMetrics implements SessionObserver {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final String REJECTED = "sessions.rejected";
  private static final String REJECTED_HELP = "Sessions that ended before they began";

  private static final double[] REJECTION_SECONDS = {
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5
  };

  private final Meters meters;
  private final Timer rejection;
  private final Map<String, Counter> rejections = new ConcurrentHashMap<>(); // by reason
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, BundleMeters> bundles = new ConcurrentHashMap<>();

  SessionMetrics(Meters meters) {
    this.meters = meters;
    Gauge.builder("continuo.sessions.waiting", waiting, AtomicInteger::get)
        .description("Sessions that stand in line for a seat")
        .register(meters.registry());
    this.rejection =
        meters.timer(
            "rejection",
            "From the call of a session that finds no seat to its status",
            REJECTION_SECONDS);
    rejections(Reasons.TOO_MANY_SESSIONS);
    rejections(Reasons.SHUTTING_DOWN);
  }

  /** Lets a bundle's metrics be seen before anything has happened. */
  void show(String bundle) {
    of(bundle);
  }

  /** Open sessions of a bundle. */
  int active(String bundle) {
    return of(bundle).active().get();
  }

  private BundleMeters of(String bundle) {
    BundleMeters known = bundles.get(bundle);
    return known == null
        ? bundles.computeIfAbsent(bundle, name -> BundleMeters.of(meters, name))
        : known;
  }

  private Counter rejections(String reason) {
    return rejections.computeIfAbsent(
        reason, r -> meters.counter(REJECTED, REJECTED_HELP, "reason", r.toLowerCase(Locale.ROOT)));
  }

  @Override
  public void waits(Who who) {
    waiting.incrementAndGet();
  }

  @Override
  public void waitsNoMore(Who who) {
    waiting.decrementAndGet();
  }

  @Override
  public void admitted(Who who, long waitedNanos) {
    BundleMeters bundle = of(who.bundle());
    bundle.active().incrementAndGet();
    bundle.started().increment();
    bundle.slotWait().record(waitedNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void rejected(Who who, SessionFailure why, long afterNanos) {
    rejections(why.reason()).increment();
    if (why.reason().equals(Reasons.TOO_MANY_SESSIONS)) {
      rejection.record(afterNanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void heard(Who who, long lateNanos) {
    of(who.bundle()).inboundLateness().record(lateNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void firstAudio(Who who, long sinceCommitNanos, long sinceSpeechNanos) {
    BundleMeters bundle = of(who.bundle());
    bundle.firstAfterCommit().record(sinceCommitNanos, TimeUnit.NANOSECONDS);
    bundle.firstAfterSpeech().record(sinceSpeechNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void sent(Who who, Sent piece) {
    BundleMeters bundle = of(who.bundle());
    if (piece.intervalNanos() > 0) {
      bundle.chunkInterval().record(piece.intervalNanos(), TimeUnit.NANOSECONDS);
    }
    bundle.playbackLead().record(piece.leadNanos() / NANOS_PER_SECOND);
    if (piece.lateNanos() > 0) {
      bundle.underrun().record(piece.lateNanos() / NANOS_PER_SECOND);
    }
  }

  @Override
  public void buffered(Who who, long bytes) {
    of(who.bundle()).bufferedBytes().addAndGet(bytes);
  }

  @Override
  public void turned(Who who, TurnReport turn) {
    BundleMeters bundle = of(who.bundle());
    bundle.tokensIn().increment(turn.promptUnits());
    bundle.tokensOut().increment(turn.continuationUnits());
    bundle.rtf().record(turn.trace().getRealTimeFactor());
    double secondsIn = turn.trace().getPromptMicros() / MICROS_PER_SECOND;
    double secondsOut = turn.trace().getContinuationMicros() / MICROS_PER_SECOND;
    if (secondsIn > 0) {
      bundle.rateIn().record(turn.promptUnits() / secondsIn);
    }
    if (secondsOut > 0) {
      bundle.rateOut().record(turn.continuationUnits() / secondsOut);
    }
  }

  @Override
  public void ended(Who who, SessionReport session) {
    BundleMeters bundle = of(who.bundle());
    bundle.active().decrementAndGet();
    bundle.audioIn().increment(session.secondsIn());
    bundle.audioOut().increment(session.secondsOut());
    bundle.ended(session.reason());
  }
}
