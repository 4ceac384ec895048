// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Never one over, first come first served, nobody lost. */
class SeatsTest {
  private final FakeTicker ticker = new FakeTicker();

  private static SessionFailure refused(Runnable call) {
    List<SessionFailure> failure = new ArrayList<>();
    assertThatThrownBy(call::run).isInstanceOfSatisfying(SessionFailure.class, failure::add);
    return failure.get(0);
  }

  @Test
  void servesWhoComesFirst() {
    Seats seats = new Seats(1, 2, ticker);
    List<String> served = new ArrayList<>();
    Deque<Seats.Seat> held = new ArrayDeque<>();
    held.add(seats.queue(seat -> {}).seat().orElseThrow());
    for (String name : List.of("a", "b")) {
      Seats.Place place =
          seats.queue(
              seat -> {
                served.add(name);
                held.add(seat);
              });
      assertThat(place.seat()).isEmpty();
    }
    assertThat(refused(() -> seats.queue(seat -> {})).line()).contains("1 sessions", "2 wait");
    held.remove().free();
    assertThat(served).containsExactly("a");
    assertThat(seats.taken()).isEqualTo(1);
    held.remove().free();
    held.remove().free();
    assertThat(served).containsExactly("a", "b");
    assertThat(seats.taken()).isZero();
  }

  @Test
  void letsNobodyThroughWhoDoesNotStandInLine() {
    Seats seats = new Seats(1, 1, ticker);
    Seats.Seat first = seats.take();
    List<Seats.Seat> given = new ArrayList<>();
    seats.queue(given::add);
    first.free();
    first.free(); // once is enough
    assertThat(refused(seats::take).reason()).isEqualTo("TOO_MANY_SESSIONS");
    assertThat(given).hasSize(1);
  }

  @Test
  void tellsWhenToComeAgainFromHowLongSessionsStay() {
    Seats seats = new Seats(2, 0, ticker);
    seats.take();
    Seats.Seat second = seats.take();
    assertThat(refused(seats::take).retryAfterMillis()).isEqualTo(1_000);
    ticker.advanceMillis(8_000);
    second.free();
    seats.take();
    assertThat(refused(seats::take).retryAfterMillis()).isEqualTo(4_000); // one of two every 8 s
  }

  @Test
  void asksWhoRestsLongestForItsSeatWhereThereIsNoOther() {
    Seats seats = new Seats(2, 0, ticker);
    List<String> asked = new ArrayList<>();
    List<Seats.Seat> given = new ArrayList<>();
    Seats.Seat a = seats.take();
    a.rest(() -> asked.add("a"));
    seats.queue(given::add).seat().orElseThrow().rest(() -> asked.add("b"));
    assertThat(asked).isEmpty(); // there was one
    assertThat(seats.queue(given::add).seat()).isEmpty();
    assertThat(asked).containsExactly("a");
    assertThat(a.asked()).isTrue();
    assertThat(a.keep()).isFalse();
    assertThat(seats.taken()).isEqualTo(2);
    seats.queue(given::add);
    assertThat(asked).containsExactly("a", "b");
    assertThat(refused(() -> seats.queue(given::add)).line()).contains("2 sessions are open");
    a.free();
    assertThat(given).hasSize(1);
    assertThat(given.get(0).index()).isEqualTo(a.index());
    assertThat(seats.taken()).isEqualTo(2);
  }

  @Test
  void leavesASeatToWhoNeedsItAgain() {
    Seats seats = new Seats(1, 0, ticker);
    Seats.Seat only = seats.take();
    only.rest(() -> {});
    assertThat(only.keep()).isTrue();
    refused(() -> seats.queue(seat -> {}));
    only.rest(() -> {});
    refused(seats::take); // asks nobody
    assertThat(only.asked()).isFalse();
  }

  @Test
  void asksForASeatWhenItsHolderBeginsToRestAndSomebodyWaits() {
    Seats seats = new Seats(1, 1, ticker);
    Seats.Seat only = seats.take();
    List<Seats.Seat> given = new ArrayList<>();
    List<Boolean> asked = new ArrayList<>();
    seats.queue(given::add);
    only.rest(() -> asked.add(true));
    only.rest(() -> asked.add(true));
    assertThat(asked).hasSize(1);
    only.free();
    assertThat(given).hasSize(1);
  }

  @Test
  void servesWhoComesBackBeforeNewcomersAndAfterThoseWhoArePromisedASeat() {
    Seats seats = new Seats(1, 2, ticker);
    List<String> served = new ArrayList<>();
    Deque<Seats.Seat> held = new ArrayDeque<>();
    Seats.Seat first = seats.take();
    first.rest(() -> {});
    queue(seats, "promised", served, held);
    queue(seats, "newcomer", served, held);
    first.comeBack(
        seat -> {
          served.add("back");
          held.add(seat);
        });
    assertThat(seats.waiting()).isEqualTo(3);
    first.free();
    held.remove().free();
    held.remove().free();
    assertThat(served).containsExactly("promised", "back", "newcomer");
  }

  private static void queue(Seats seats, String name, List<String> served, Deque<Seats.Seat> held) {
    seats.queue(
        seat -> {
          served.add(name);
          held.add(seat);
        });
  }

  /** A seat is asked for where somebody has no other, no sooner, and nobody rests in vain. */
  @Test
  void asksForAsManySeatsAsAreMissing() {
    for (int run = 0; run < 2_000; run++) {
      Random random = new Random(run);
      int count = 1 + random.nextInt(4);
      Seats seats = new Seats(count, 2, ticker);
      Set<Seats.Seat> held = new HashSet<>();
      Set<Seats.Seat> resting = new HashSet<>();
      Set<Seats.Place> places = new HashSet<>();
      List<Seats.Seat> gone = new ArrayList<>();
      for (int step = 0; step < 80; step++) {
        Seats.Seat one = held.isEmpty() ? null : List.copyOf(held).get(random.nextInt(held.size()));
        int choice = random.nextInt(6);
        if (choice == 0 || one == null) {
          try {
            seats.queue(held::add).seat().ifPresent(held::add);
          } catch (SessionFailure e) {
            assertThat(resting).noneMatch(seat -> !seat.asked());
          }
        } else if (choice == 1) {
          one.rest(() -> {});
          resting.add(one);
        } else if (choice == 2) {
          assertThat(one.keep()).isEqualTo(!one.asked());
          resting.remove(one);
        } else if (choice == 3 && !gone.isEmpty()) {
          Seats.Place place = gone.remove(gone.size() - 1).comeBack(held::add);
          place.seat().ifPresentOrElse(held::add, () -> places.add(place));
        } else if (choice == 4) {
          held.remove(one);
          resting.remove(one);
          gone.add(one);
          one.free();
        } else if (!places.isEmpty()) {
          Seats.Place place = places.iterator().next();
          places.remove(place);
          place.leave();
        }
        long asked = held.stream().filter(Seats.Seat::asked).count();
        boolean rests = resting.stream().anyMatch(seat -> !seat.asked());
        assertThat(seats.taken()).isEqualTo(held.size()).isLessThanOrEqualTo(count);
        assertThat(held.stream().map(Seats.Seat::index)).doesNotHaveDuplicates();
        assertThat(seats.waiting() == 0 || held.size() == count).as("run %d", run).isTrue();
        assertThat(rests && seats.waiting() > asked).as("run %d, rests in vain", run).isFalse();
        assertThat(resting).allMatch(held::contains);
      }
    }
  }

  @Test
  void keepsToASimpleModelWhateverHappens() {
    for (int run = 0; run < 2_000; run++) {
      Random random = new Random(run);
      int count = 1 + random.nextInt(4);
      int most = random.nextInt(5);
      Seats seats = new Seats(count, most, ticker);
      Map<Integer, Seats.Seat> held = new HashMap<>();
      Map<Integer, Seats.Place> places = new HashMap<>();
      Deque<Integer> line = new ArrayDeque<>(); // the model
      Set<Integer> seated = new HashSet<>();
      for (int step = 0; step < 60; step++) {
        int who = step;
        int choice = random.nextInt(4);
        if (choice < 2) {
          boolean room = seated.size() < count;
          if (!room && line.size() == most) {
            refused(() -> seats.queue(seat -> held.put(who, seat)));
          } else {
            Seats.Place place = seats.queue(seat -> held.put(who, seat));
            assertThat(place.seat().isPresent()).isEqualTo(room);
            place.seat().ifPresent(seat -> held.put(who, seat));
            places.put(who, place);
            (room ? seated : line).add(who);
          }
        } else if (choice == 2 && !seated.isEmpty()) {
          int leaver = List.copyOf(seated).get(random.nextInt(seated.size()));
          seated.remove(leaver);
          Objects.requireNonNull(held.remove(leaver)).free();
          if (!line.isEmpty()) {
            seated.add(line.remove());
          }
        } else if (!line.isEmpty()) {
          int leaver = List.copyOf(line).get(random.nextInt(line.size()));
          line.remove(leaver);
          assertThat(Objects.requireNonNull(places.get(leaver)).leave()).isTrue();
          assertThat(Objects.requireNonNull(places.get(leaver)).leave()).isFalse();
        }
        assertThat(held.keySet()).as("run %d", run).isEqualTo(seated);
        assertThat(held.values().stream().map(Seats.Seat::index)).doesNotHaveDuplicates();
        assertThat(seats.taken()).isEqualTo(seated.size()).isLessThanOrEqualTo(count);
        assertThat(seats.waiting()).isEqualTo(line.size());
      }
    }
  }

  @Test
  void isNeverOneOverUnderABurstOfThreads() throws InterruptedException {
    int threads = 8;
    Seats seats = new Seats(3, 4, ticker);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    AtomicInteger came = new AtomicInteger();
    Queue<Seats.Seat> post = new ConcurrentLinkedQueue<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread thread =
          new Thread(
              () -> {
                start.countDown();
                for (int i = 0; i < 5_000; i++) {
                  try {
                    Seats.Place place = seats.queue(post::add);
                    came.incrementAndGet();
                    place.seat().ifPresent(post::add);
                  } catch (SessionFailure e) {
                    Thread.onSpinWait();
                  }
                  use(post.poll(), open, most, served);
                }
              });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    while (!post.isEmpty()) {
      use(post.poll(), open, most, served);
    }
    assertThat(most.get()).isBetween(1, 3);
    assertThat(served.get()).isEqualTo(came.get());
    assertThat(seats.taken()).isZero();
    assertThat(seats.waiting()).isZero();
  }

  private static void use(
      Seats.@Nullable Seat seat, AtomicInteger open, AtomicInteger most, AtomicInteger served) {
    if (seat == null) {
      return;
    }
    most.accumulateAndGet(open.incrementAndGet(), Math::max);
    served.incrementAndGet();
    open.decrementAndGet();
    seat.free();
  }
}
