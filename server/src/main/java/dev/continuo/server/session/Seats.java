// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.wire.Reasons;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Room for so many sessions and not one more. Seats are numbered, so that what belongs to a seat
 * can be made before.
 *
 * <p>A freed seat goes to whoever stands in line longest, at once and under the same lock: no
 * newcomer can come between, so a seat is free only where nobody waits. <i>Thread-safe: by its
 * lock.</i>
 */
public final class Seats {
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final int LEAST_RETRY_MILLIS = 200;
  private static final int UNKNOWN_RETRY_MILLIS = 1_000;
  private static final int LONGEST_RETRY_MILLIS = 30_000;

  /** Weight of the latest session in what is known of how long they stay. */
  private static final double LATEST = 0.1;

  private final int count;
  private final int maxWaiting;
  private final Ticker ticker;
  private final BitSet taken = new BitSet();
  private final Deque<Place> line = new ArrayDeque<>();
  private double stayNanos; // how long seats are kept, on average; 0: not known

  /** Room for {@code count} sessions; nobody waits for it. */
  public Seats(int count) {
    this(count, 0, Ticker.system());
  }

  /**
   * Room for {@code count} sessions, for which {@code maxWaiting} more may stand in line.
   *
   * @param ticker tells how long seats are kept
   */
  public Seats(int count, int maxWaiting, Ticker ticker) {
    this.count = count;
    this.maxWaiting = maxWaiting;
    this.ticker = ticker;
  }

  /**
   * Takes the first free seat.
   *
   * @throws SessionFailure if all are taken
   */
  public synchronized Seat take() {
    int index = taken.nextClearBit(0);
    if (index >= count) {
      throw noRoom(count + " sessions are open");
    }
    taken.set(index);
    return new Seat(index, ticker.nanos());
  }

  /**
   * Takes a seat, now or as soon as there is one.
   *
   * @param called is given the seat, once, by the thread that frees one, where {@link Place#seat}
   *     has none at once. Whoever is given a seat has to free it, wanted or not.
   * @return the place in line, to be left where the seat is not wanted any more
   * @throws SessionFailure if all are taken and as many wait as may
   */
  public synchronized Place queue(Consumer<Seat> called) {
    if (taken.cardinality() < count) {
      return new Place(take(), called);
    }
    if (line.size() >= maxWaiting) {
      throw noRoom(
          count + " sessions are open" + (maxWaiting == 0 ? "" : ", " + line.size() + " wait"));
    }
    Place place = new Place(null, called);
    line.add(place);
    return place;
  }

  /** What a session is told that finds no room, or waited in vain. */
  SessionFailure noRoom(String why) {
    return SessionFailure.retry(
        Reasons.TOO_MANY_SESSIONS,
        "no room: " + why + " (expected: try again later)",
        retryMillis());
  }

  /** When a seat may be free for one more, from how long they were kept lately. */
  private synchronized int retryMillis() {
    if (stayNanos == 0) {
      return UNKNOWN_RETRY_MILLIS;
    }
    double millis = stayNanos / count * (line.size() + 1) / NANOS_PER_MILLI;
    return (int) Math.max(LEAST_RETRY_MILLIS, Math.min(LONGEST_RETRY_MILLIS, millis));
  }

  /** Seats taken now. */
  public synchronized int taken() {
    return taken.cardinality();
  }

  /** How many stand in line. */
  public synchronized int waiting() {
    return line.size();
  }

  /** Seats in all. */
  public int count() {
    return count;
  }

  private void free(Seat seat) {
    Place next;
    Seat given;
    synchronized (this) {
      if (seat.free) {
        return;
      }
      seat.free = true;
      long now = ticker.nanos();
      double stay = now - seat.sinceNanos;
      stayNanos = stayNanos == 0 ? stay : stayNanos + LATEST * (stay - stayNanos);
      next = line.poll();
      if (next == null) {
        taken.clear(seat.index);
        return;
      }
      given = new Seat(seat.index, now);
    }
    next.called.accept(given);
  }

  /** A place in line for a seat. <i>Thread-safe.</i> */
  public final class Place {
    private final @Nullable Seat seat;
    private final Consumer<Seat> called;

    private Place(@Nullable Seat seat, Consumer<Seat> called) {
      this.seat = seat;
      this.called = called;
    }

    /** The seat, where one was free at once. */
    public Optional<Seat> seat() {
      return Optional.ofNullable(seat);
    }

    /**
     * Leaves the line. Idempotent.
     *
     * @return whether it stood there; if not, it has been given its seat, or is being given it
     */
    public boolean leave() {
      synchronized (Seats.this) {
        return line.remove(this);
      }
    }
  }

  /** Room for one session. <i>Thread-safe: freed once, by whoever comes first.</i> */
  public final class Seat {
    private final int index;
    private final long sinceNanos;
    private boolean free;

    private Seat(int index, long sinceNanos) {
      this.index = index;
      this.sinceNanos = sinceNanos;
    }

    /** Which seat it is, from 0. */
    public int index() {
      return index;
    }

    /** Gives it back, or hands it to who waits for one. Idempotent. */
    public void free() {
      Seats.this.free(this);
    }
  }
}
