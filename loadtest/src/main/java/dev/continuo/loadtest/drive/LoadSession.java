// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.Outcome;
import dev.continuo.loadtest.measure.Sent;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Timeline;
import dev.continuo.loadtest.plan.Behaviour;
import dev.continuo.loadtest.plan.Prompts;
import dev.continuo.loadtest.plan.SessionPlan;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.TurnEvent;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One session: opens, sends frame k at its start + k x 20 ms, commits, and is over when the server
 * says so or the driver ends it.
 *
 * <p>A frame that is late is sent at once and its lateness recorded; the schedule never shifts.
 *
 * <p><i>Confined to the pacer's thread, except {@link Transport.Events}, which the transport
 * calls.</i>
 */
final class LoadSession implements Transport.Events {
  private final RunContext context;
  private final SessionPlan plan;
  private final int turn;
  private final BiConsumer<LoadSession, SessionRecord> whenOver;
  private final Reception reception;
  private final long arrivalNanos;

  private Transport.@Nullable Call call;
  private boolean over;
  private int sentFrames;
  private int catchUpFrames;
  private int pushedBackFrames;
  private long maxLatenessNanos;
  private long openedNanos = Timeline.NEVER;
  private long promptEndNanos = Timeline.NEVER;
  private long commitNanos = Timeline.NEVER;
  private long committedNanos = Timeline.NEVER;

  /**
   * A session to be opened.
   *
   * @param arrivalNanos when it is to be
   * @param whenOver called once, on the pacer's thread
   */
  LoadSession(
      RunContext context,
      SessionPlan plan,
      int turn,
      long arrivalNanos,
      BiConsumer<LoadSession, SessionRecord> whenOver) {
    this.context = context;
    this.plan = plan;
    this.turn = turn;
    this.arrivalNanos = arrivalNanos;
    this.whenOver = whenOver;
    this.reception = new Reception(context.ticker(), context.settings().playerBufferNanos());
  }

  /** Opens it and sets its schedule going. */
  void open() {
    openedNanos = late(arrivalNanos);
    call = context.transport().open(context.config(plan), plan.behaviour(), this);
    long firstNanos = arrivalNanos + plan.phaseNanos();
    context.pacer().at(firstNanos, this::frame);
    if (plan.behaviour() == Behaviour.VANISH) {
      context.pacer().at(firstNanos + plan.misbehaveNanos(), intended -> vanish());
    }
  }

  private void frame(long intendedNanos) {
    Transport.Call open = call;
    if (over || open == null) {
      return;
    }
    long now = late(intendedNanos);
    pushedBackFrames += open.ready() ? 0 : 1;
    open.audio((plan.recording().firstFrame() + sentFrames) % context.frameCount());
    sentFrames++;
    long nextNanos = intendedNanos + Prompts.FRAME_NANOS;
    if (sentFrames < plan.promptFrames()) {
      catchUpFrames += now >= nextNanos ? 1 : 0;
      context.pacer().at(nextNanos, this::frame);
    } else {
      promptEndNanos = intendedNanos;
      commitNanos = intendedNanos + context.settings().commitDelayNanos();
      context.pacer().at(commitNanos, this::commit);
    }
  }

  private void commit(long intendedNanos) {
    if (!over && call != null) {
      committedNanos = late(intendedNanos);
      call.commit();
    }
  }

  /** Notes how late it is for something; returns the time. */
  private long late(long intendedNanos) {
    long now = context.ticker().nanos();
    maxLatenessNanos = Math.max(maxLatenessNanos, now - intendedNanos);
    if (context.settings().measured(arrivalNanos)) {
      context.lateness().record(now - intendedNanos);
    }
    return now;
  }

  /** Whether it will not end by itself. */
  boolean stalls() {
    return plan.behaviour() == Behaviour.STALL;
  }

  private void vanish() {
    end(Outcome.VANISHED, "VANISHED", "the client's connection went away, as planned");
  }

  /** The run is over for this session, whatever it was doing. */
  void giveUp(Outcome outcome, String status, String message) {
    if (stalls()) {
      end(Outcome.STALLED, "STALLED", "the client read nothing more, as planned");
    } else {
      end(outcome, status, message);
    }
  }

  private void end(Outcome outcome, String status, String message) {
    if (over) {
      return;
    }
    over = true;
    reception.over();
    if (call != null) {
      call.abort();
    }
    whenOver.accept(
        this,
        new SessionRecord(
            plan,
            turn,
            context.settings().measured(arrivalNanos),
            reception.sessionId(),
            outcome,
            status,
            message,
            reception.timeline(
                arrivalNanos, openedNanos, promptEndNanos, commitNanos, committedNanos),
            new Sent(sentFrames, catchUpFrames, pushedBackFrames, maxLatenessNanos),
            reception.heard(),
            reception.trace()));
  }

  @Override
  public void started(SessionStarted started) {
    reception.started(started);
  }

  @Override
  public void audio(AudioOut audio) {
    reception.audio(audio);
  }

  @Override
  public void turn(TurnEvent event) {
    reception.turn(event);
  }

  @Override
  public void latency(LatencyTrace trace) {
    reception.latency(trace);
  }

  @Override
  public void ended() {
    reception.over();
    String fault = reception.fault();
    if (stalls()) {
      later(Outcome.STALLED, "OK", "");
    } else if (fault.isEmpty()) {
      later(Outcome.COMPLETED, "OK", "");
    } else {
      later(Outcome.FAILED, "PROTOCOL", fault);
    }
  }

  @Override
  public void failed(String code, String reason, String message) {
    reception.over();
    boolean refused =
        code.equals("RESOURCE_EXHAUSTED")
            || (code.equals("UNAVAILABLE") && reason.equals("SHUTTING_DOWN"));
    Outcome outcome = Outcome.FAILED;
    if (refused && !reception.hasStarted()) {
      outcome = Outcome.REJECTED;
    } else if (stalls() && reception.hasStarted()) {
      outcome = Outcome.STALLED;
    }
    later(outcome, reason.isEmpty() ? code : code + ":" + reason, message);
  }

  private void later(Outcome outcome, String status, String message) {
    context.pacer().at(context.ticker().nanos(), intended -> end(outcome, status, message));
  }
}
