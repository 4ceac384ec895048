// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.Outcome;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Ticker;
import dev.continuo.loadtest.measure.Timeline;
import dev.continuo.loadtest.plan.Arrivals;
import dev.continuo.loadtest.plan.Workload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * All sessions of a run: who comes when, and who is there.
 *
 * <p>In an open loop people arrive at times of their own, whatever the server does, and each has a
 * number of turns; in a closed loop a fixed number of people take turn after turn. Either way a
 * person listens to the end and thinks before the next turn.
 *
 * <p><i>Confined to the pacer's thread, except {@link #active}, {@link #idle}, {@link #settled} and
 * {@link #takeLateness}.</i>
 */
public final class LoadRun {
  /** Pause of a person who was not served: without one, a refusing server would be hammered. */
  private static final long RETRY_NANOS = 1_000_000_000L;

  private final Workload workload;
  private final RunContext context;
  private final Consumer<SessionRecord> sink;
  private final Set<LoadSession> live = new HashSet<>();
  private int numbers;
  private volatile int active;
  private volatile int awaited;
  private volatile boolean stopped;
  private volatile boolean settled;

  /**
   * A run at its beginning.
   *
   * @param sink given every session that is over, on the pacer's thread
   */
  public LoadRun(
      RunSettings settings,
      Workload workload,
      Ticker ticker,
      Pacer pacer,
      Transport transport,
      Consumer<SessionRecord> sink) {
    this.workload = workload;
    this.sink = sink;
    int frames = workload.prompts().frames().size();
    this.context = new RunContext(settings, frames, ticker, pacer, transport, new Lateness());
  }

  /** Sets everything going. Called once, before the pacer's thread starts. */
  public void start() {
    RunSettings settings = context.settings();
    Arrivals arrivals = settings.arrivals();
    if (arrivals != null) {
      arrive(arrivals.times(workload.seed()));
      return;
    }
    for (int i = 0; i < settings.people(); i++) {
      Person person = new Person(Integer.MAX_VALUE);
      context.pacer().at(settings.rampNanos() * i / settings.people(), person::speak);
    }
  }

  private void arrive(PrimitiveIterator.OfLong times) {
    long nextNanos = times.nextLong();
    if (nextNanos < context.settings().endNanos()) {
      context
          .pacer()
          .at(
              nextNanos,
              intended -> {
                new Person(context.settings().turns()).speak(intended);
                arrive(times);
              });
    }
  }

  /** Ends every session that is still there, as one of that outcome; no new ones are opened. */
  public void giveUp(Outcome outcome, String status, String message) {
    stopped = true;
    for (LoadSession session : new ArrayList<>(live)) {
      session.giveUp(outcome, status, message);
    }
    settled = true;
  }

  /** Sessions that are open. */
  public int active() {
    return active;
  }

  /** Whether nothing will be opened and nothing is open but clients that stall, which never end. */
  public boolean idle() {
    return awaited == 0 && (stopped || context.ticker().nanos() >= context.settings().endNanos());
  }

  /**
   * Whether {@link #giveUp} has run, and with it everything that was due before: even a pacer that
   * is late has opened by then whatever was to be opened, and nothing is open any more.
   */
  public boolean settled() {
    return settled;
  }

  /** How late the driver was since the last call, in microseconds. */
  public Histogram takeLateness() {
    return context.lateness().take();
  }

  private void count() {
    active = live.size();
    awaited = (int) live.stream().filter(session -> !session.stalls()).count();
  }

  /** Someone who takes turns. */
  private final class Person {
    private final int turns;
    private int turn;

    Person(int turns) {
      this.turns = turns;
    }

    void speak(long arrivalNanos) {
      if (stopped || arrivalNanos >= context.settings().endNanos()) {
        return;
      }
      LoadSession session =
          new LoadSession(context, workload.session(numbers++), turn++, arrivalNanos, this::over);
      live.add(session);
      count();
      session.open();
    }

    private void over(LoadSession session, SessionRecord record) {
      live.remove(session);
      count();
      sink.accept(record);
      if (turn < turns) {
        context.pacer().at(nextNanos(record), this::speak);
      }
    }

    private long nextNanos(SessionRecord record) {
      long endedNanos = record.times().endedNanos();
      long heardNanos = record.heard().playEndNanos();
      long thinkNanos = record.plan().thinkNanos();
      return heardNanos == Timeline.NEVER
          ? endedNanos + Math.max(RETRY_NANOS, thinkNanos)
          : Math.max(endedNanos, heardNanos) + thinkNanos;
    }
  }
}
