// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.wire.Reasons;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Room for so many sessions and not one more.
 *
 * <p><i>Thread-safe: one atomic counter.</i>
 */
public final class Seats {
  private static final int RETRY_MILLIS = 1_000;

  private final int count;
  private final AtomicInteger taken = new AtomicInteger();

  /** Room for {@code count} sessions. */
  public Seats(int count) {
    this.count = count;
  }

  /**
   * Takes a seat.
   *
   * @throws SessionFailure if all are taken
   */
  public Seat take() {
    int before = taken.getAndUpdate(n -> n < count ? n + 1 : n);
    if (before >= count) {
      throw SessionFailure.retry(
          Reasons.TOO_MANY_SESSIONS,
          "no room: " + count + " sessions are open (expected: try again later)",
          RETRY_MILLIS);
    }
    return new Seat();
  }

  /** Seats taken now. */
  public int taken() {
    return taken.get();
  }

  /** Seats in all. */
  public int count() {
    return count;
  }

  /** Room for one session. <i>Thread-safe: freed once, by whoever comes first.</i> */
  public final class Seat {
    private final AtomicBoolean freed = new AtomicBoolean();

    private Seat() {}

    /** Gives it back. Idempotent. */
    public void free() {
      if (freed.compareAndSet(false, true)) {
        taken.decrementAndGet();
      }
    }
  }
}
