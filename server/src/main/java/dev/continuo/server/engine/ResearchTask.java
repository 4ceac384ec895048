// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;

/**
 * A research call in the engine: goes on while its results are taken, behind live speech but never
 * starved by it.
 *
 * <p><i>Confined to the engine thread.</i>
 */
abstract class ResearchTask<T> implements Task {
  /** How long a step may wait for sessions whose audio is due before. */
  private static final long PATIENCE_NANOS = 500_000_000;

  private final Stage stage;
  private final String bundle;
  private final Results<T> results;
  private final Seats.Seat seat;
  private long lastNanos;
  private boolean done;

  /**
   * A task.
   *
   * @param stage what it spends its time on
   * @param bundle name of the bundle
   */
  ResearchTask(Stage stage, String bundle, Results<T> results, Seats.Seat seat, Ticker ticker) {
    this.stage = stage;
    this.bundle = bundle;
    this.results = results;
    this.seat = seat;
    this.lastNanos = ticker.nanos();
  }

  /**
   * Does one step, where its steps are no pass.
   *
   * @param out takes results
   * @return whether it was the last
   */
  boolean work(Results<T> out) {
    throw new IllegalStateException("its steps are a pass");
  }

  /** Frees what it holds. Idempotent. */
  abstract void release();

  @Override
  public boolean ready() {
    return results.isReady();
  }

  @Override
  public long deadlineNanos() {
    return lastNanos + PATIENCE_NANOS;
  }

  @Override
  public long neededNanos() {
    return deadlineNanos();
  }

  @Override
  public Lane lane() {
    return stage == Stage.DECODE || stage == Stage.PREFILL ? Lane.LANGUAGE : Lane.CODECS;
  }

  @Override
  public void stepped(long nowNanos) {
    lastNanos = nowNanos;
  }

  @Override
  public boolean hasDeadline() {
    return false;
  }

  @Override
  public String session() {
    return EngineObserver.RESEARCH;
  }

  @Override
  public String bundle() {
    return bundle;
  }

  @Override
  public Stage step() {
    if (work(results)) {
      complete();
    }
    return stage;
  }

  /** Takes results. */
  Results<T> results() {
    return results;
  }

  /** The last result has been given. */
  void complete() {
    done = true;
    free(); // before the caller knows: its seat is free when it has the last result
    results.complete();
  }

  @Override
  public boolean over() {
    return done || results.gone();
  }

  @Override
  public void fail(RuntimeException cause) {
    done = true;
    results.fail(cause);
  }

  @Override
  public void free() {
    done = true;
    try {
      release();
    } finally {
      seat.free();
    }
  }
}
