// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.v1.ScoreResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Thousands of random schedules: sessions come, go, stall, fail, fall silent and come back to find
 * their rows given to others, researchers ask in between, and each step of the engine must be the
 * one that a second, simple account of its rules ({@link Party}) names. A schedule follows from its
 * number, which failures show.
 */
class SchedulesTest {
  private static final int SCHEDULES = 2_000;
  private static final int EVENTS = 200;
  private static final int SEATS = 6;
  private static final int LINE = 2;
  private static final int POSITIONS = 1_200;
  private static final int RECORDINGS = 12;

  /**
   * Most steps of others while one is ready: half a second of patience in steps of 1.5 ms, and what
   * five others need meanwhile.
   */
  private static final int MOST_STEPS_WAITED = 500 * 2 / 3 + 5 * 20;

  private static final Set<Lane> LANGUAGE = Set.of(Lane.LANGUAGE);
  private static final Set<Lane> CODECS = Set.of(Lane.CODECS);

  /** One schedule's engine and those who use it. */
  private static final class World implements AutoCloseable {
    final Random random;
    final FakeNetworks fakes = new FakeNetworks();
    final Networks networks = fakes.networks();
    final UnitLanguageModel.Rows rows = networks.languageModel().allocate(SEATS, POSITIONS);
    final Seats seats = new Seats(SEATS, LINE, this::now);
    final Engine engine = new Engine(new Rows(), this::now);
    final ModelBundle bundle =
        new ModelBundle(FakeNetworks.info(), networks, rows, engine, seats, this::now);
    final List<Party> parties = new ArrayList<>();
    final List<Agenda.Step> underWay = new ArrayList<>();
    final Map<String, Integer> waited = new HashMap<>();
    final Map<String, Integer> largest = new HashMap<>(); // batch of each pass
    final Set<Integer> brokenRows = new HashSet<>();
    private long nowNanos = 1_000_000_000L;
    private int names;
    private int evictions;
    private int returns;

    /** Notes who has no row. */
    private final class Rows implements EngineObserver {
      @Override
      public void stepped(Step step) {}

      @Override
      public void evicted(String bundle, String session) {
        evictions++;
        named(session).parked(true);
      }

      @Override
      public void returned(String bundle, String session) {
        returns++;
        named(session).parked(false);
      }

      private Party named(String name) {
        return parties.stream().filter(p -> p.name.equals(name)).findFirst().orElseThrow();
      }
    }

    World(long seed) {
      random = new Random(seed);
      fakes.watch(this::computed);
    }

    long now() {
      return nowNanos;
    }

    /** What it costs, and whether it fails. */
    private void computed(FakeNetworks.Computed computed) {
      nowNanos +=
          switch (computed.network()) {
            case ENCODER -> 1_500_000;
            case PREFILL -> 2_000_000 + 1_500_000L * computed.rows().size();
            case DRAW -> 2_000_000 + 500_000L * computed.rows().size();
            case VOCODER -> 1_700_000;
          };
      if (computed.rows().stream().anyMatch(brokenRows::contains)) {
        throw new IllegalStateException("broken for a test");
      }
    }

    Party join(long seed, float[] prompt) {
      return join(seats.take(), seed, prompt);
    }

    Party join(Seats.Seat seat, long seed, float[] prompt) {
      Party party =
          new Party(
              "s" + names++,
              bundle,
              seat,
              seed,
              prompt,
              this::now,
              v -> fakes.waitingBlocks(v.row()));
      brokenRows.remove(party.voice.row());
      parties.add(party);
      return party;
    }

    Stream<Party> present() {
      return parties.stream().filter(p -> !p.isOver());
    }

    Optional<Party> someone() {
      List<Party> all = present().toList();
      return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    boolean isBusy(Party party) {
      return underWay.stream().anyMatch(step -> step.members().contains(party.voice));
    }

    /** Takes on the step of some lanes; what it is must be what the account says. */
    boolean claim(Set<Lane> lanes) {
      Agenda.Step step =
          engine.claim(lanes); // may free rows of who has gone, to who waits for them
      List<Party> ready = present().filter(p -> !isBusy(p) && p.isReady()).toList();
      assertThat(present().filter(p -> !p.isParked()).map(p -> p.voice.row()))
          .doesNotHaveDuplicates();
      if (step == null) {
        assertThat(ready.stream().filter(p -> lanes.contains(p.lane()))).isEmpty();
        return false;
      }
      underWay.add(step);
      if (step.first() instanceof EngineVoice) {
        check(step, lanes, ready);
      } else if (!ready.isEmpty()) {
        checkResearch(step.first().deadlineNanos(), lanes, ready);
      }
      return true;
    }

    /** Research goes by the same order: needed and due at once. */
    private void checkResearch(long deadlineNanos, Set<Lane> lanes, List<Party> ready) {
      boolean needed = deadlineNanos <= nowNanos;
      assertThat(ready)
          .filteredOn(p -> lanes.contains(p.lane()))
          .allMatch(p -> p.neededNanos() > nowNanos || (needed && p.neededNanos() >= deadlineNanos))
          .allMatch(p -> needed || p.deadlineNanos() >= deadlineNanos);
    }

    private void check(Agenda.Step step, Set<Lane> lanes, List<Party> ready) {
      Party first = expected(lanes, ready);
      assertThat(names(step)).contains(first.name);
      assertThat(step.pass()).isEqualTo(first.pass());
      List<Party> mates = ready.stream().filter(p -> step.members().contains(p.voice)).toList();
      assertThat(mates).hasSize(step.members().size());
      if (step.pass() != null) {
        checkMates(step.pass(), first, ready, mates);
      }
      largest.merge(String.valueOf(step.pass()), mates.size(), Math::max);
      for (Party party : ready) {
        int others = mates.contains(party) ? 0 : waited.getOrDefault(party.name, 0) + 1;
        assertThat(others).as("%s starves", party.name).isLessThan(MOST_STEPS_WAITED);
        waited.put(party.name, others);
      }
    }

    /**
     * As many as are worth it of those whose next step is the same, and as urgent where the first
     * is new; and nobody of that stage who is left out is due before one in it, unless that one's
     * step was needed by now.
     */
    private void checkMates(Pass pass, Party first, List<Party> ready, List<Party> mates) {
      long until = first.speaks() ? Long.MAX_VALUE : first.deadlineNanos() + 200_000_000;
      List<Party> same = ready.stream().filter(p -> p.pass() == pass).toList();
      List<Party> able =
          same.stream().filter(p -> p == first || p.deadlineNanos() <= until).toList();
      int most = pass.lane() == Lane.CODECS ? FakeNetworks.MOST_TOGETHER : SEATS;
      assertThat(able).containsAll(mates);
      assertThat(mates).hasSize(Math.min(most, able.size()));
      boolean needed = first.neededNanos() <= nowNanos;
      long lastIn =
          mates.stream()
              .filter(p -> p != first || !needed)
              .mapToLong(Party::deadlineNanos)
              .max()
              .orElse(Long.MIN_VALUE);
      assertThat(same)
          .filteredOn(p -> !mates.contains(p))
          .allMatch(p -> p.deadlineNanos() >= lastIn);
    }

    private Party expected(Set<Lane> lanes, List<Party> ready) {
      List<Party> able = ready.stream().filter(p -> lanes.contains(p.lane())).toList();
      return able.stream()
          .filter(p -> p.neededNanos() <= nowNanos)
          .min(Comparator.comparingLong(Party::neededNanos))
          .or(() -> able.stream().min(Comparator.comparingLong(Party::deadlineNanos)))
          .orElseThrow();
    }

    private static Set<String> names(Agenda.Step step) {
      Set<String> names = new TreeSet<>();
      step.members().forEach(member -> names.add(member.session()));
      return names;
    }

    void perform(Agenda.Step step) {
      underWay.remove(step);
      engine.perform(step);
      for (Party party : parties) {
        if (step.members().contains(party.voice)) {
          party.stepped(step.pass());
        }
      }
    }

    /** Does everything that is left to do. */
    void finish() {
      while (!underWay.isEmpty()) {
        perform(underWay.get(0));
      }
      do {
        present().toList().forEach(World::sayAll);
        while (claim(Lane.ALL)) {
          perform(underWay.get(0));
        }
      } while (present().findAny().isPresent());
    }

    private static void sayAll(Party party) {
      party.speakOn(Integer.MAX_VALUE);
      party.allow(Long.MAX_VALUE);
    }

    /** Nothing is left: no task, no stream, no row, no seat. */
    @Override
    public void close() {
      assertThat(engine.claim(Lane.ALL)).isNull();
      assertThat(engine.tasks()).isZero();
      assertThat(seats.taken()).isZero();
      assertThat(seats.waiting()).isZero();
      assertThat(returns).isEqualTo(evictions);
      assertThat(fakes.open()).isEqualTo(1); // the rows
      engine.close();
      rows.close();
      assertThat(fakes.open()).isZero();
    }
  }

  /** Asks for scores and may look away. */
  private static final class Researcher implements Results<ScoreResponse> {
    boolean looks = true;
    boolean done;

    @Override
    public boolean isReady() {
      return looks;
    }

    @Override
    public boolean gone() {
      return false;
    }

    @Override
    public void next(ScoreResponse result) {
      done = true;
    }

    @Override
    public void complete() {}

    @Override
    public void fail(RuntimeException cause) {
      throw cause;
    }
  }

  private static float[] recording(int number) {
    Random random = new Random(number);
    float[] samples = new float[3_000 + random.nextInt(9_000)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    return samples;
  }

  private final List<float[]> recordings = new ArrayList<>();
  private final List<List<Float>> alone = new ArrayList<>();

  /** What each recording is answered with where nobody else is there. */
  private void record() {
    for (int number = 0; number < RECORDINGS; number++) {
      try (World world = new World(0)) {
        recordings.add(recording(number));
        Party party = world.join(number, recordings.get(number));
        world.finish();
        assertThat(party.ended()).isTrue();
        alone.add(party.speech);
      }
    }
  }

  @Test
  void everyStepIsTheOneThatIsDueAndNobodyHearsOfTheOthers() {
    record();
    int ended = 0;
    int failed = 0;
    int evictions = 0;
    int cameBack = 0;
    Map<String, Integer> largest = new HashMap<>();
    for (int schedule = 0; schedule < SCHEDULES; schedule++) {
      try (World world = new World(schedule)) {
        Map<Party, Integer> whose = new HashMap<>();
        boolean byLane = schedule % 2 == 0;
        List<Researcher> researchers = new ArrayList<>();
        for (int event = 0; event < EVENTS; event++) {
          happen(world, whose, researchers, byLane);
        }
        researchers.forEach(r -> r.looks = true);
        world.brokenRows.clear();
        world.finish();
        assertThat(researchers).allMatch(r -> r.done);
        for (Map.Entry<Party, Integer> each : whose.entrySet()) {
          List<Float> said = each.getKey().speech;
          List<Float> whole = alone.get(each.getValue());
          assertThat(said).isEqualTo(whole.subList(0, said.size()));
          assertThat(!each.getKey().ended() || said.size() == whole.size()).isTrue();
          ended += each.getKey().ended() ? 1 : 0;
          failed += each.getKey().failed() ? 1 : 0;
          cameBack += each.getKey().ended() && each.getKey().wasParked() ? 1 : 0;
        }
        evictions += world.evictions;
        world.largest.forEach((pass, size) -> largest.merge(pass, size, Math::max));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("schedule " + schedule, e);
      }
    }
    assertThat(largest)
        .containsEntry("TOKENIZE", FakeNetworks.MOST_TOGETHER)
        .containsEntry("VOCODE", FakeNetworks.MOST_TOGETHER)
        .containsEntry("DRAW", SEATS);
    assertThat(ended).isGreaterThan(2 * SCHEDULES);
    assertThat(failed).isGreaterThan(SCHEDULES / 10);
    assertThat(evictions).isGreaterThan(SCHEDULES);
    assertThat(cameBack).isGreaterThan(SCHEDULES / 2);
  }

  /**
   * Whoever comes, whatever they bring: who speaks is heard without a gap, as it is where nobody
   * comes.
   */
  @Test
  void newcomersNeverPushASpeakerPastItsDeadline() {
    float[] longPrompt = longRecording();
    int spoke = 0;
    for (int schedule = 0; schedule < 300; schedule++) {
      try (World world = new World(schedule)) {
        List<Party> speakers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          speakers.add(world.join(i, recording(i)));
          speakers.get(i).speakOn(Integer.MAX_VALUE);
          speakers.get(i).speakOn(1);
        }
        while (speakers.stream().anyMatch(p -> p.said() < Party.SAMPLES / 4)) {
          step(world, speakers);
        }
        long start = world.nowNanos;
        List<Party> newcomers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          newcomers.add(world.join(10 + i, longPrompt));
        }
        while (speakers.stream().anyMatch(p -> !p.isOver())) {
          Party newcomer = newcomers.get(world.random.nextInt(newcomers.size()));
          if (!newcomer.isOver() && world.random.nextInt(10) == 0) {
            newcomer.speakOn(world.random.nextInt(newcomer.prompt.length));
          }
          if (newcomer.speaks()) {
            newcomer.leave();
          }
          step(world, speakers);
        }
        assertThat(world.nowNanos - start).isLessThan(5_000_000_000L);
        assertThat(speakers).as("schedule %d", schedule).allMatch(p -> p.lateNanos() == 0);
        spoke += (int) newcomers.stream().filter(Party::speaks).count();
        newcomers.forEach(Party::leave);
      }
    }
    assertThat(spoke).isPositive();
  }

  /** One step; speakers may be 0.4 s ahead of what is heard; time passes where there is none. */
  private static void step(World world, List<Party> speakers) {
    for (Party speaker : speakers) {
      speaker.allowUntilHeard(400_000_000);
    }
    if (world.claim(Lane.ALL)) {
      world.perform(world.underWay.get(0));
    } else {
      world.nowNanos += 5_000_000;
    }
  }

  private static float[] longRecording() {
    float[] samples = new float[Party.MAX_PROMPT_SECONDS * Party.RATE_HZ];
    Random random = new Random(1);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    return samples;
  }

  private void happen(
      World world, Map<Party, Integer> whose, List<Researcher> researchers, boolean byLane) {
    Random random = world.random;
    int choice = random.nextInt(100);
    if (choice < 8) {
      come(world, whose, random.nextInt(RECORDINGS));
    } else if (choice < 30) {
      world.someone().ifPresent(p -> p.speakOn(1 + random.nextInt(8_000)));
    } else if (choice < 45) {
      world.someone().ifPresent(p -> p.allow(p.said() + random.nextInt(Party.SAMPLES)));
    } else if (choice == 45) {
      world.someone().ifPresent(Party::leave);
    } else if (choice == 46) {
      world.someone().ifPresent(p -> world.brokenRows.add(p.voice.row()));
    } else if (choice == 47) {
      if (world.seats.taken() < SEATS) {
        Researcher researcher = new Researcher();
        researchers.add(researcher);
        List<List<Integer>> sequences = List.of(List.of(1, 2), List.of(3, 4), List.of(5, 6));
        world.bundle.research().orElseThrow().score(sequences, convention(), researcher);
      }
    } else if (choice == 48) {
      researchers.forEach(r -> r.looks = random.nextBoolean());
    } else if (choice < 52) {
      world.someone().ifPresent(Party::rest);
    } else if (choice < 55) {
      world.nowNanos += random.nextInt(60_000_000);
    } else if (!byLane) {
      if (world.claim(Lane.ALL)) {
        world.perform(world.underWay.get(0));
      }
    } else {
      lanes(world);
    }
  }

  /** A newcomer has a seat at once, stands in line for one, or is refused. */
  private void come(World world, Map<Party, Integer> whose, int number) {
    Consumer<Seats.Seat> in =
        seat -> whose.put(world.join(seat, number, recordings.get(number)), number);
    try {
      world.seats.queue(in).seat().ifPresent(in);
    } catch (SessionFailure e) {
      assertThat(world.seats.waiting()).isGreaterThanOrEqualTo(LINE);
    }
  }

  private static dev.continuo.v1.ScoreConvention convention() {
    return dev.continuo.v1.ScoreConvention.SCORE_CONVENTION_TWIST;
  }

  /** Takes on a step of a lane that is idle, or ends one. */
  private static void lanes(World world) {
    Set<Lane> lanes = world.random.nextBoolean() ? LANGUAGE : CODECS;
    Optional<Agenda.Step> busy =
        world.underWay.stream().filter(step -> lanes.contains(step.lane())).findFirst();
    if (busy.isPresent()) {
      world.perform(busy.get());
    } else {
      world.claim(lanes);
    }
  }
}
