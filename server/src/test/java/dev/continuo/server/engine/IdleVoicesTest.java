// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One seat, and clients that fall silent and come back. */
class IdleVoicesTest {
  private static final int RATE_HZ = 16_000;

  private final FakeNetworks fakes = new FakeNetworks();
  private final Networks networks = fakes.networks();
  private final UnitLanguageModel.Rows rows = networks.languageModel().allocate(1, 300);
  private long nowNanos = 1;
  private final Seats seats = new Seats(1, 0, () -> nowNanos);
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Engine engine = new Engine(new Told(), () -> nowNanos);
  private final ModelBundle bundle =
      new ModelBundle(FakeNetworks.info(), networks, rows, engine, seats, () -> nowNanos);

  private final class Told implements EngineObserver {
    @Override
    public void stepped(Step step) {}

    @Override
    public void evicted(String of, String session) {
      told.add(of + " " + session + " evicted");
    }

    @Override
    public void returned(String of, String session) {
      told.add(of + " " + session + " returned");
    }
  }

  @AfterEach
  void leavesNothingOpen() {
    assertThat(engine.tasks()).isZero();
    assertThat(seats.taken()).isZero();
    assertThat(seats.waiting()).isZero();
    engine.close();
    rows.close();
    assertThat(fakes.open()).isZero();
  }

  /** A client that has a voice as soon as it has a seat. */
  private final class Client {
    final List<Voice.Event> events = new CopyOnWriteArrayList<>();
    private final String name;
    private @Nullable Voice voice;
    private double said;

    /** One that a thread other than the test's gives a seat. */
    Client(String name, Queue<Seats.Seat> given) {
      this.name = name;
      boolean stands = false;
      while (!stands) {
        stands = stands(seats, given);
      }
    }

    /**
     * A seat on its way to one who fell silent meanwhile can be asked for when it is there only.
     */
    private static boolean stands(Seats seats, Queue<Seats.Seat> given) {
      try {
        seats.queue(given::add).seat().ifPresent(given::add);
        return true;
      } catch (SessionFailure e) {
        Thread.onSpinWait();
        return false;
      }
    }

    Client(String name) {
      this.name = name;
      seats.queue(this::in).seat().ifPresent(this::in);
    }

    private void in(Seats.Seat seat) {
      voice =
          bundle.open(
              new VoiceBundle.Request(name, RATE_HZ, 10L * RATE_HZ, 1, Sampling.defaults(1)),
              seat,
              events::add);
    }

    Voice voice() {
      return Objects.requireNonNull(voice, "no seat");
    }

    boolean isIn() {
      return voice != null;
    }

    /** Speaks a part of the prompt that all clients have. */
    Client says(double from, double to) {
      said = to;
      voice().hear(Arrays.copyOfRange(PROMPT, (int) (from * RATE_HZ), (int) (to * RATE_HZ)));
      return this;
    }

    Client commits() {
      voice().allow(Long.MAX_VALUE);
      voice().commit();
      return this;
    }

    List<Integer> heard() {
      return events.stream()
          .filter(Voice.Heard.class::isInstance)
          .flatMap(e -> ((Voice.Heard) e).units().stream())
          .toList();
    }

    List<Integer> drawn() {
      return events.stream()
          .filter(Voice.Said.class::isInstance)
          .flatMap(e -> ((Voice.Said) e).drawn().stream())
          .toList();
    }

    boolean ended() {
      return events.stream().anyMatch(Voice.Ended.class::isInstance);
    }
  }

  private static final float[] PROMPT = prompt();

  private static float[] prompt() {
    Random random = new Random(1);
    float[] samples = new float[3 * RATE_HZ];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    return samples;
  }

  private void work() {
    while (engine.doWork()) {
      nowNanos += 1_000_000;
    }
  }

  private Client alone() {
    Client alone = new Client("alone").says(0, 3).commits();
    work();
    assertThat(alone.ended()).isTrue();
    return alone;
  }

  @Test
  void aSilentOneStepsAsideAndGoesOnWhereItWas() {
    Client alone = alone();
    Client silent = new Client("silent").says(0, 2);
    work();
    silent.voice().rest();
    work();
    assertThat(told).isEmpty(); // nobody needs its row
    Client newcomer = new Client("newcomer");
    assertThat(newcomer.isIn()).isFalse();
    work();
    assertThat(newcomer.isIn()).isTrue();
    assertThat(told).containsExactly("fake silent evicted");
    assertThat(seats.taken()).isEqualTo(1);
    newcomer.says(0, 3).commits();
    work();
    assertThat(newcomer.drawn()).isEqualTo(alone.drawn());
    assertThat(newcomer.ended()).isTrue();
    silent.says(2, 3).commits();
    assertThat(silent.voice().waitsSinceNanos()).isEqualTo(Long.MAX_VALUE); // there is a row
    work();
    assertThat(told).containsExactly("fake silent evicted", "fake silent returned");
    assertThat(silent.ended()).isTrue();
    assertThat(silent.heard()).isEqualTo(alone.heard());
    assertThat(silent.drawn()).isEqualTo(alone.drawn());
  }

  @Test
  void whoGoesOnBeforeAnybodyComesKeepsItsRow() {
    Client alone = alone();
    Client one = new Client("one").says(0, 2);
    one.voice().rest();
    one.says(2, 3).commits();
    work();
    assertThat(told).isEmpty();
    assertThat(one.drawn()).isEqualTo(alone.drawn());
  }

  @Test
  void whoComesBackIsTokenizedAtOnceAndSpeaksWhenARowIsFree() {
    Client alone = alone();
    Client silent = new Client("silent").says(0, 1);
    work();
    silent.voice().rest();
    Client newcomer = new Client("newcomer");
    work();
    newcomer.says(0, 3).commits();
    nowNanos += 5_000_000_000L;
    silent.says(1, 3).commits();
    long since = nowNanos;
    assertThat(silent.voice().waitsSinceNanos()).isEqualTo(since);
    while (!newcomer.ended()) {
      assertThat(silent.drawn()).isEmpty();
      assertThat(engine.doWork()).isTrue();
      nowNanos += 1_000_000;
    }
    assertThat(silent.heard()).isEqualTo(alone.heard()); // without a row
    work();
    assertThat(silent.voice().waitsSinceNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(silent.drawn()).isEqualTo(alone.drawn());
    assertThat(newcomer.drawn()).isEqualTo(alone.drawn());
  }

  /** Asked for its row and gone on before the engine has looked. */
  @Test
  void whoGoesOnTooLateStandsBehindTheOneItStepsAsideFor() {
    Client alone = alone();
    Client silent = new Client("silent").says(0, 1);
    work();
    silent.voice().rest();
    Client newcomer = new Client("newcomer");
    silent.says(1, 3).commits();
    engine.doWork();
    assertThat(newcomer.isIn()).isTrue();
    newcomer.says(0, 3).commits();
    work();
    assertThat(newcomer.ended()).isTrue();
    assertThat(silent.ended()).isTrue();
    assertThat(silent.drawn()).isEqualTo(alone.drawn());
  }

  @Test
  void twoTakeTurns() {
    Client alone = alone();
    List<Client> two = new ArrayList<>();
    for (int piece = 0; piece < 6; piece++) {
      for (int i = 0; i < 2; i++) {
        if (piece == 0) {
          two.add(new Client("c" + i));
          work();
        }
        two.get(i).says(piece / 2.0, (piece + 1) / 2.0);
        work();
        assertThat(two.get(i).voice().waitsSinceNanos()).isEqualTo(Long.MAX_VALUE);
        two.get(i).voice().rest();
      }
    }
    for (Client client : two) {
      client.commits();
      work();
      assertThat(client.drawn()).isEqualTo(alone.drawn());
    }
    assertThat(told).hasSizeGreaterThan(20);
  }

  @Test
  void whoHasSaidNothingStepsAsideToo() {
    Client alone = alone();
    Client silent = new Client("silent");
    silent.voice().rest();
    Client newcomer = new Client("newcomer");
    work();
    newcomer.says(0, 3).commits();
    work();
    silent.says(0, 3).commits();
    work();
    assertThat(newcomer.drawn()).isEqualTo(alone.drawn());
    assertThat(silent.drawn()).isEqualTo(alone.drawn());
  }

  @Test
  void whoLeavesWithoutARowTakesNobodysAndLeavesTheLine() {
    Client silent = new Client("silent").says(0, 1);
    work();
    silent.voice().rest();
    Client newcomer = new Client("newcomer");
    work();
    silent.says(1, 2);
    assertThat(seats.waiting()).isEqualTo(1);
    silent.voice().close();
    work();
    assertThat(seats.waiting()).isZero();
    assertThat(seats.taken()).isEqualTo(1);
    assertThat(told).containsExactly("fake silent evicted", "fake silent returned");
    newcomer.voice().close();
    work();
  }

  /** A row is given up by the lane that gives rows, whenever it is asked for. */
  @Test
  void whoIsAskedWhileItsPassIsChosenDoesNotMakeThatPass() {
    Client silent = new Client("silent").says(0, 0.3).says(0.3, 2);
    while (fakes.waitingBlocks(0) == 0) {
      assertThat(engine.doWork()).isTrue();
    }
    silent.voice().rest();
    List<Client> newcomers = new ArrayList<>();
    engine.add(new Onlooker(() -> newcomers.add(new Client("newcomer"))));
    assertThat(engine.claim(Set.of(Lane.LANGUAGE))).isNull();
    assertThat(newcomers.get(0).isIn()).isFalse();
    while (!newcomers.get(0).isIn()) {
      assertThat(engine.doWork()).isTrue();
    }
    newcomers.get(0).voice().close();
    silent.voice().close();
    work();
  }

  /** A task that does something once when it is looked at, and nothing else. */
  private static final class Onlooker implements Task {
    private final Runnable action;
    private boolean done;

    Onlooker(Runnable action) {
      this.action = action;
    }

    @Override
    public boolean ready() {
      if (!done) {
        done = true;
        action.run();
      }
      return false;
    }

    @Override
    public long deadlineNanos() {
      return 0;
    }

    @Override
    public boolean hasDeadline() {
      return false;
    }

    @Override
    public String session() {
      return "onlooker";
    }

    @Override
    public String bundle() {
      return "none";
    }

    @Override
    public long neededNanos() {
      return 0;
    }

    @Override
    public Lane lane() {
      return Lane.CODECS;
    }

    @Override
    public Stage step() {
      return Stage.WAIT;
    }

    @Override
    public void stepped(long nowNanos) {}

    @Override
    public boolean over() {
      return done;
    }

    @Override
    public void fail(RuntimeException cause) {
      throw cause;
    }

    @Override
    public void free() {}
  }

  /** On the engine's own threads, as fast as they can. */
  @Test
  void manyTakeTurnsOnTwoThreads() throws InterruptedException {
    Client alone = alone();
    engine.start(true);
    BlockingQueue<Seats.Seat> given = new LinkedBlockingQueue<>();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Client client = new Client("c" + i, given);
      client.in(given.take());
      clients.add(client);
      for (int piece = 0; piece < 30; piece++) {
        Client one = clients.get(piece * 7 % clients.size());
        one.says(one.said, Math.min(2.9, one.said + 0.1));
        one.voice().rest();
      }
      client.voice().rest();
    }
    for (Client client : clients) {
      client.says(client.said, 3).commits();
      while (!client.ended()) {
        assertThat(client.events).noneMatch(Voice.Failed.class::isInstance);
        Thread.onSpinWait();
      }
      assertThat(client.heard()).isEqualTo(alone.heard());
      assertThat(client.drawn()).isEqualTo(alone.drawn());
    }
    while (engine.tasks() > 0) {
      Thread.onSpinWait();
    }
    assertThat(told).hasSizeGreaterThanOrEqualTo(14);
  }

  @Test
  void whoFallsSilentAgainLeavesTheLine() {
    Client silent = new Client("silent").says(0, 1);
    work();
    silent.voice().rest();
    Client newcomer = new Client("newcomer");
    work();
    silent.says(1, 2);
    silent.voice().rest();
    assertThat(seats.waiting()).isZero();
    assertThat(silent.voice().waitsSinceNanos()).isEqualTo(Long.MAX_VALUE);
    newcomer.voice().close();
    silent.voice().close();
    work();
  }
}
