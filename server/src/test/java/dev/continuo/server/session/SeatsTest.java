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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
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
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread thread =
          new Thread(
              () -> {
                start.countDown();
                for (int i = 0; i < 5_000; i++) {
                  try {
                    Seats.Place place = seats.queue(seat -> use(seat, open, most, served));
                    came.incrementAndGet();
                    place.seat().ifPresent(seat -> use(seat, open, most, served));
                  } catch (SessionFailure e) {
                    Thread.onSpinWait();
                  }
                }
              });
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(most.get()).isBetween(1, 3);
    assertThat(served.get()).isEqualTo(came.get());
    assertThat(seats.taken()).isZero();
    assertThat(seats.waiting()).isZero();
  }

  private static void use(
      Seats.Seat seat, AtomicInteger open, AtomicInteger most, AtomicInteger served) {
    most.accumulateAndGet(open.incrementAndGet(), Math::max);
    served.incrementAndGet();
    open.decrementAndGet();
    seat.free();
  }
}
