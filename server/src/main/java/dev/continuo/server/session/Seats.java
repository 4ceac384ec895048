// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.wire.Reasons;
import java.util.BitSet;

/**
 * Room for so many sessions and not one more. Seats are numbered, so that what belongs to a seat
 * can be made before.
 *
 * <p><i>Thread-safe: by its lock.</i>
 */
public final class Seats {
  private static final int RETRY_MILLIS = 1_000;

  private final int count;
  private final BitSet taken = new BitSet();

  /** Room for {@code count} sessions. */
  public Seats(int count) {
    this.count = count;
  }

  /**
   * Takes the first free seat.
   *
   * @throws SessionFailure if all are taken
   */
  public synchronized Seat take() {
    int index = taken.nextClearBit(0);
    if (index >= count) {
      throw SessionFailure.retry(
          Reasons.TOO_MANY_SESSIONS,
          "no room: " + count + " sessions are open (expected: try again later)",
          RETRY_MILLIS);
    }
    taken.set(index);
    return new Seat(index);
  }

  /** Seats taken now. */
  public synchronized int taken() {
    return taken.cardinality();
  }

  /** Seats in all. */
  public int count() {
    return count;
  }

  private synchronized void clear(int index) {
    taken.clear(index);
  }

  /** Room for one session. <i>Thread-safe: freed once, by whoever comes first.</i> */
  public final class Seat {
    private final int index;
    private boolean free;

    private Seat(int index) {
      this.index = index;
    }

    /** Which seat it is, from 0. */
    public int index() {
      return index;
    }

    /** Gives it back. Idempotent. */
    public void free() {
      synchronized (Seats.this) {
        if (!free) {
          free = true;
          clear(index);
        }
      }
    }
  }
}
