// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.wire.Reasons;

/**
 * The times at which a session ends or does something although nothing has come. A time that is
 * {@link Long#MAX_VALUE} never is.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Deadlines {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int RETRY_MILLIS = 1_000;

  private final ServerLimits limits;
  private final long startNanos;
  private int idleMillis;
  private long heardNanos; // when the client last said something, or could not
  private long waitingNanos; // since when it stands in line
  private long blockedNanos = Long.MAX_VALUE; // since when the client does not read
  private long goneNanos = Long.MAX_VALUE; // when the server closes

  /** Those of a session that comes now. */
  Deadlines(ServerLimits limits, long nowNanos) {
    this.limits = limits;
    this.startNanos = nowNanos;
    this.idleMillis = limits.maxIdleMillis();
    this.heardNanos = nowNanos;
    this.waitingNanos = nowNanos;
  }

  /** When it came. */
  long startNanos() {
    return startNanos;
  }

  /** Its configuration has come: from now on it stands in line for a seat. */
  void config(int maxIdleMillis, long nowNanos) {
    idleMillis = maxIdleMillis;
    waitingNanos = nowNanos;
  }

  /** The client has said something, or was not asked to. */
  void heard(long nowNanos) {
    heardNanos = nowNanos;
  }

  /** Whether the client takes what it is sent. */
  void reads(boolean ready, long nowNanos) {
    blockedNanos = ready ? Long.MAX_VALUE : Math.min(blockedNanos, nowNanos);
  }

  boolean blocked() {
    return blockedNanos != Long.MAX_VALUE;
  }

  /** The server closes in a while. */
  void leave(long nowNanos, int timeLeftMillis) {
    goneNanos = nowNanos + millis(timeLeftMillis);
  }

  /** How long it has stood in line. */
  long waitedNanos(long nowNanos) {
    return nowNanos - waitingNanos;
  }

  /** When it has stood in line for too long. */
  long waitEndNanos() {
    return waitingNanos + millis(limits.maxWaitMillis());
  }

  /**
   * When a voice may give its seat to others.
   *
   * @param silentNanos since when its client says nothing
   */
  long restNanos(long silentNanos) {
    return after(silentNanos, limits.stepAsideMillis());
  }

  /**
   * When a voice must have a seat again.
   *
   * @param seatlessNanos since when it waits for one
   */
  long seatDueNanos(long seatlessNanos) {
    return after(seatlessNanos, limits.maxWaitMillis());
  }

  /** The next of those that count while it stands in line. */
  long nextInLine() {
    return Math.min(last(), waitEndNanos());
  }

  /**
   * The next of those that count once it has a seat.
   *
   * @param idleCounts whether it is the client's turn to say something
   */
  long next(boolean idleCounts, long silentNanos, long seatlessNanos) {
    long next = Math.min(last(), Math.min(restNanos(silentNanos), seatDueNanos(seatlessNanos)));
    next = Math.min(next, after(blockedNanos, limits.slowConsumerMillis()));
    return idleCounts ? Math.min(next, heardNanos + millis(idleMillis)) : next;
  }

  private long last() {
    return Math.min(goneNanos, startNanos + millis(limits.maxSessionMillis()));
  }

  /** Fails if the server closes, the session is too old or its client has been silent too long. */
  void check(long nowNanos, boolean idleCounts) {
    if (nowNanos >= goneNanos) {
      throw shuttingDown("the server is being stopped");
    }
    if (nowNanos >= startNanos + millis(limits.maxSessionMillis())) {
      throw SessionFailure.of(
          Reasons.SESSION_MAX_AGE,
          "session: older than %d s (expected: a new session)"
              .formatted(limits.maxSessionMillis() / 1000));
    }
    if (idleCounts && nowNanos >= heardNanos + millis(idleMillis)) {
      throw SessionFailure.of(
          Reasons.IDLE_TIMEOUT,
          "nothing from the client for %d ms (expected: audio or a commit)".formatted(idleMillis));
    }
  }

  /** Fails if the client has not read for too long. */
  void checkReader(long nowNanos) {
    if (nowNanos >= after(blockedNanos, limits.slowConsumerMillis())) {
      throw SessionFailure.of(
          Reasons.SLOW_CONSUMER,
          "nothing read by the client for %d ms (expected: reading at the speed of playback)"
              .formatted(limits.slowConsumerMillis()));
    }
  }

  /** What a session ends with when the server does. */
  static SessionFailure shuttingDown(String reason) {
    return SessionFailure.retry(Reasons.SHUTTING_DOWN, reason, RETRY_MILLIS);
  }

  private static long after(long sinceNanos, int millis) {
    return sinceNanos == Long.MAX_VALUE ? sinceNanos : sinceNanos + millis(millis);
  }

  private static long millis(long millis) {
    return millis * NANOS_PER_MILLI;
  }
}
