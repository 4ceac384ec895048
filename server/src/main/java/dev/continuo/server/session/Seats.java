// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.wire.Reasons;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Room for so many sessions and not one more. Seats are numbered, so that what belongs to a seat
 * can be made before.
 *
 * <p>A freed seat goes to whoever stands in line, at once and under the same lock: no newcomer can
 * come between, so a seat is free only where nobody waits. Who has a seat and does not need it at
 * the moment says so ({@link Seat#rest}); where somebody would wait or be refused, who rests
 * longest is asked for its seat, and that seat is promised to one in line. So first in line are
 * those who are promised one, then those who gave theirs up and come back, then newcomers; in each
 * first come first served. <i>Thread-safe: by its lock; no call to others under it.</i>
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
  private final Set<Seat> resting = new LinkedHashSet<>(); // the longest first
  private final Deque<Place> promised = new ArrayDeque<>(); // at most as many as are asked for
  private final Deque<Place> returning = new ArrayDeque<>();
  private final Deque<Place> newcomers = new ArrayDeque<>();
  private int asked; // seats that were asked for and are not freed yet
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
   * Takes the first free seat. Nobody is asked for one.
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
   * @throws SessionFailure if all are taken, nobody rests and as many wait as may
   */
  public Place queue(Consumer<Seat> called) {
    return stand(called, false);
  }

  private Place stand(Consumer<Seat> called, boolean returns) {
    Place place;
    Seat wanted;
    synchronized (this) {
      if (taken.cardinality() < count) {
        return new Place(take(), called);
      }
      place = new Place(null, called);
      (returns ? returning : newcomers).add(place);
      wanted = promise();
      if (newcomers.size() > maxWaiting) {
        newcomers.removeLast();
        throw noRoom(
            count + " sessions are open" + (maxWaiting == 0 ? "" : ", " + waiting() + " wait"));
      }
    }
    tell(wanted);
    return place;
  }

  /**
   * Promises the seats that were asked for to the first in line, and asks for one more where that
   * is not enough. So nobody rests while somebody in line is promised nothing.
   *
   * @return the seat asked for, to be told
   */
  private @Nullable Seat promise() {
    Seat wanted = null;
    while (!returning.isEmpty() || !newcomers.isEmpty()) {
      if (asked == promised.size()) {
        Seat longest = ask();
        if (longest == null) {
          break;
        }
        wanted = longest;
      }
      promised.add(Objects.requireNonNull(unpromised()));
    }
    return wanted;
  }

  private static void tell(@Nullable Seat wanted) {
    if (wanted != null) {
      wanted.whenAsked.run();
    }
  }

  /** Asks who rests longest for its seat. */
  private @Nullable Seat ask() {
    Iterator<Seat> longest = resting.iterator();
    if (!longest.hasNext()) {
      return null;
    }
    Seat seat = longest.next();
    longest.remove();
    seat.asked = true;
    asked++;
    return seat;
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
    double millis = stayNanos / count * (waiting() + 1) / NANOS_PER_MILLI;
    return (int) Math.max(LEAST_RETRY_MILLIS, Math.min(LONGEST_RETRY_MILLIS, millis));
  }

  /** Seats taken now. */
  public synchronized int taken() {
    return taken.cardinality();
  }

  /** How many stand in line. */
  public synchronized int waiting() {
    return promised.size() + returning.size() + newcomers.size();
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
      resting.remove(seat);
      if (seat.asked) {
        asked--;
      }
      long now = ticker.nanos();
      double stay = now - seat.sinceNanos;
      stayNanos = stayNanos == 0 ? stay : stayNanos + LATEST * (stay - stayNanos);
      next = promised.isEmpty() ? unpromised() : promised.poll();
      promise(); // asks for none: somebody rests only where nobody waits without a promise
      if (next == null) {
        taken.clear(seat.index);
        return;
      }
      given = new Seat(seat.index, now);
    }
    next.called.accept(given);
  }

  /** The first in line of those who are promised nothing; it stands there no more. */
  private @Nullable Place unpromised() {
    return returning.isEmpty() ? newcomers.poll() : returning.poll();
  }

  private void rest(Seat seat, Runnable whenAsked) {
    Seat wanted;
    synchronized (this) {
      if (seat.free || seat.asked || resting.contains(seat)) {
        return;
      }
      seat.whenAsked = whenAsked;
      resting.add(seat);
      wanted = promise();
    }
    tell(wanted);
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
        boolean stood = promised.remove(this) || returning.remove(this) || newcomers.remove(this);
        promise(); // as above
        return stood;
      }
    }
  }

  /** Room for one session. <i>Thread-safe: freed once, by whoever comes first.</i> */
  public final class Seat {
    private final int index;
    private final long sinceNanos;
    private Runnable whenAsked = () -> {};
    private volatile boolean asked; // written under the lock
    private boolean free;

    private Seat(int index, long sinceNanos) {
      this.index = index;
      this.sinceNanos = sinceNanos;
    }

    /** Which seat it is, from 0. */
    public int index() {
      return index;
    }

    /**
     * Says that it is not needed at the moment. Idempotent.
     *
     * @param whenAsked is called, once, where somebody else is to have it, maybe within this call;
     *     then it is to be freed soon
     */
    public void rest(Runnable whenAsked) {
      Seats.this.rest(this, whenAsked);
    }

    /**
     * Says that it is needed again.
     *
     * @return whether it stays; if not, somebody else is to have it
     */
    public boolean keep() {
      synchronized (Seats.this) {
        resting.remove(this);
        return !free && !asked;
      }
    }

    /** Whether somebody else is to have it, for good. */
    public boolean asked() {
      return asked;
    }

    /** Gives it back, or hands it to who waits for one. Idempotent. */
    public void free() {
      Seats.this.free(this);
    }

    /** Stands in line for another seat, before newcomers: see {@link Seats#queue}. */
    public Place comeBack(Consumer<Seat> called) {
      return stand(called, true);
    }
  }
}
