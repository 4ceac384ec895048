// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Outcome;
import dev.continuo.loadtest.measure.Second;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Ticker;
import dev.continuo.loadtest.plan.Workload;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a run from its first session to its last, and collects.
 *
 * <p><i>Confined to the main thread, except {@link #interrupt}.</i>
 */
public final class Driver {
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long POLL_MILLIS = 50;

  /** A server that did not answer for so long is gone. */
  private static final long GONE_NANOS = 5 * SECOND_NANOS;

  /** For sessions that were given up to be collected. */
  private static final long LAST_NANOS = 5 * SECOND_NANOS;

  private final RunSettings settings;
  private final Workload workload;
  private final Transport transport;
  private final Measures measures;
  private final Observer observer;
  private final BlockingQueue<SessionRecord> over = new LinkedBlockingQueue<>();
  private volatile boolean interrupted;
  private long unavailableNanos = -1;
  private @Nullable String gone;

  /** Hears of everything that is over. <i>Called on the driver's thread.</i> */
  public interface Observer {
    /** A session is over; {@code Measures} has it already. */
    void session(SessionRecord session);

    /** A second is over. */
    void second(Second second);
  }

  /** How a run ended. <i>Immutable.</i> */
  public enum End {
    /** As planned. */
    COMPLETED,
    /** Somebody stopped it. */
    INTERRUPTED,
    /** The server did not answer any more. */
    SERVER_GONE
  }

  /** A driver at rest. */
  public Driver(
      RunSettings settings,
      Workload workload,
      Transport transport,
      Measures measures,
      Observer observer) {
    this.settings = settings;
    this.workload = workload;
    this.transport = transport;
    this.measures = measures;
    this.observer = observer;
  }

  /** Ends the run soon. On any thread. */
  public void interrupt() {
    interrupted = true;
  }

  /** What the server's absence looked like, after {@link End#SERVER_GONE}. */
  public String gone() {
    return gone == null ? "" : gone;
  }

  /**
   * Runs everything. When it returns, every session that was opened is over and has been observed.
   *
   * @param health of this process, watched since before
   */
  public End run(DriverHealth health) throws InterruptedException {
    Ticker ticker = Ticker.system();
    Pacer pacer = new Pacer(ticker);
    LoadRun run = new LoadRun(settings, workload, ticker, pacer, transport, over::add);
    run.start();
    try (PacerThread thread = PacerThread.start(pacer, ticker)) {
      End end = watch(run, ticker, thread, health);
      String status = end == End.COMPLETED ? "TIMEOUT" : "INTERRUPTED";
      Outcome outcome = end == End.COMPLETED ? Outcome.FAILED : Outcome.INTERRUPTED;
      String message =
          end == End.COMPLETED ? "not over when the run had to end" : "the run was stopped";
      pacer.at(ticker.nanos(), intended -> run.giveUp(outcome, status, message));
      long untilNanos = ticker.nanos() + LAST_NANOS;
      while (!run.settled() && ticker.nanos() < untilNanos) {
        thread.check();
        collect(POLL_MILLIS);
      }
      collect(0);
      second(run, ticker, health);
      return end == End.COMPLETED && unavailableNanos >= 0 && !answers() ? End.SERVER_GONE : end;
    }
  }

  private End watch(LoadRun run, Ticker ticker, PacerThread thread, DriverHealth health)
      throws InterruptedException {
    long limitNanos = settings.endNanos() + settings.drainNanos();
    long nextNanos = SECOND_NANOS;
    while (!run.idle() && ticker.nanos() < limitNanos) {
      thread.check();
      if (interrupted) {
        return End.INTERRUPTED;
      }
      collect(POLL_MILLIS);
      if (ticker.nanos() >= nextNanos) {
        nextNanos = Math.max(nextNanos + SECOND_NANOS, ticker.nanos());
        second(run, ticker, health);
        if (isGone(ticker)) {
          return End.SERVER_GONE;
        }
      }
    }
    return End.COMPLETED;
  }

  private void collect(long waitMillis) throws InterruptedException {
    SessionRecord next = over.poll(waitMillis, TimeUnit.MILLISECONDS);
    for (; next != null; next = over.poll()) {
      measures.add(next);
      if (next.outcome() == Outcome.COMPLETED) {
        unavailableNanos = -1;
      } else if (next.status().startsWith("UNAVAILABLE") && unavailableNanos < 0) {
        unavailableNanos = next.times().endedNanos();
      }
      observer.session(next);
    }
  }

  private void second(LoadRun run, Ticker ticker, DriverHealth health) {
    measures.add(Metric.SEND_LATENESS_MS, run.takeLateness());
    observer.second(
        new Second(
            ticker.nanos(),
            run.active(),
            health.sample(),
            measures.distributions().takeIntervals()));
  }

  private boolean isGone(Ticker ticker) {
    if (unavailableNanos < 0 || answers()) {
      unavailableNanos = -1;
      return false;
    }
    return ticker.nanos() - unavailableNanos > GONE_NANOS;
  }

  private boolean answers() {
    try {
      transport.serverInfo();
      return true;
    } catch (ServerGoneException e) {
      gone = e.getMessage();
      return false;
    }
  }
}
