// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Seats;
import org.jspecify.annotations.Nullable;

/**
 * A voice's seat: it may be asked for while its client is silent, is given up by the engine then,
 * and another one is stood in line for when the client goes on.
 *
 * <p><i>Thread-safe: by its lock, which is not held where a seat is freed; what the engine looks at
 * again and again is read without it.</i>
 */
final class Stay {
  /** The row of who has none. */
  static final int NO_ROW = -1;

  private final Seats.Seat first;
  private final Ticker ticker;
  private final Runnable changed;
  private volatile Seats.@Nullable Seat seat;
  private Seats.@Nullable Place place; // in line for another
  private boolean needed = true;
  private long waitsSinceNanos = Long.MAX_VALUE;
  private boolean over;

  /**
   * A stay in a seat.
   *
   * @param changed is called when there is something to do for the engine
   */
  Stay(Seats.Seat seat, Ticker ticker, Runnable changed) {
    this.first = seat;
    this.seat = seat;
    this.ticker = ticker;
    this.changed = changed;
  }

  /** Which row is its own now, or {@link #NO_ROW}. */
  int row() {
    Seats.Seat now = seat;
    return now == null ? NO_ROW : now.index();
  }

  /** The client is silent: others may have the seat until {@link #need}. */
  synchronized void rest() {
    needed = false;
    waitsSinceNanos = Long.MAX_VALUE;
    if (place != null && place.leave()) {
      place = null;
    }
    Seats.Seat now = seat;
    if (now != null) {
      now.rest(changed);
    }
  }

  /** The client goes on: keeps the seat, or waits for one. */
  synchronized void need() {
    if (needed) {
      return; // it is asked for while it rests only
    }
    needed = true;
    Seats.Seat now = seat;
    if (now != null && now.keep()) {
      return;
    }
    waitsSinceNanos = ticker.nanos();
    if (now == null) {
      stand(); // else when it has been given up
    }
  }

  /** Whether somebody else is to have the seat. */
  boolean mustLeave() {
    Seats.Seat now = seat;
    return now != null && now.asked();
  }

  /** Gives it up; the row is not used any more. */
  void leave() {
    Seats.Seat left;
    synchronized (this) {
      left = seat;
      seat = null;
    }
    if (left != null) {
      left.free(); // before standing in line: it is for another
    }
    synchronized (this) {
      if (needed) {
        stand();
      }
    }
  }

  private void stand() {
    if (seat == null && place == null && !over) {
      Seats.Place stands = first.comeBack(this::seated);
      stands.seat().ifPresentOrElse(this::sit, () -> place = stands);
    }
  }

  private void sit(Seats.Seat given) {
    seat = given;
    place = null;
    waitsSinceNanos = Long.MAX_VALUE;
    if (!needed) {
      given.rest(changed);
    }
  }

  private void seated(Seats.Seat given) {
    boolean late;
    synchronized (this) {
      late = over;
      if (!late) {
        sit(given);
      }
    }
    if (late) {
      given.free();
    }
    changed.run();
  }

  /** Since when the client waits for a seat; {@code Long.MAX_VALUE} where it does not. */
  synchronized long waitsSinceNanos() {
    return waitsSinceNanos;
  }

  /** Ends it. Idempotent. */
  void end() {
    Seats.Seat left;
    synchronized (this) {
      over = true;
      left = seat;
      seat = null;
      if (place != null) {
        place.leave(); // if it is on its way, it is freed when it comes
        place = null;
      }
    }
    if (left != null) {
      left.free();
    }
  }
}
