// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Anything in any order to sequences that share a cache: what each gives is what its history gives
 * when it is computed from the start. {@code -Dcontinuo.interleavings=100} tries a hundred times as
 * many.
 */
final class InterleavingTest {
  private static final int RUNS = Integer.getInteger("continuo.interleavings", 1);
  private static final int ACTS = 150;
  private static final int ROWS = 4;
  private static final int POSITIONS = 100;

  /** Of what rounding a turned key leaves; what did not move is compared to the bit. */
  private static final double TOLERANCE = 1e-5;

  /** Keys of float16 are rounded again when they are turned, and a step of an activation is 1 %. */
  private static final double INT8_TOLERANCE = 0.02;

  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  /** Every kind of position in two layers, and in one, where a moved key is as good as new. */
  static Stream<Arguments> cases() {
    return Stream.of(
            Arguments.of("llama", 2),
            Arguments.of("llama", 1),
            Arguments.of("qwen2", 2), // looks back 30 positions
            Arguments.of("gpt_neox", 2),
            Arguments.of("gpt_neox", 1),
            Arguments.of("bloom", 2),
            Arguments.of("bloom", 1),
            Arguments.of("opt", 2))
        .flatMap(
            shape ->
                Stream.of(Precision.F32, Precision.FP16, Precision.INT8)
                    .map(precision -> Arguments.of(shape.get()[0], shape.get()[1], precision)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anyInterleavingEqualsRecomputation(String family, int layers, Precision precision) {
    int looks = 0;
    int draws = 0;
    int parked = 0;
    int slid = 0;
    try (CausalLanguageModel model = TinyModel.bounded(family, layers, precision)) {
      double tolerance = precision == Precision.INT8 ? INT8_TOLERANCE : TOLERANCE;
      for (int seed = 0; seed < RUNS; seed++) {
        try (SequenceRows rows = model.allocate(ROWS, POSITIONS)) {
          Interleaving one = new Interleaving(model, rows, layers == 1, tolerance, seed);
          one.run();
          looks += one.looks;
          draws += one.draws;
          parked += one.parked;
          slid += one.slid;
        }
      }
      assertThat(looks).as("sequences looked at").isGreaterThan(10 * RUNS);
      assertThat(draws).as("draws made twice").isGreaterThan(5 * RUNS);
      assertThat(parked).as("parked").isGreaterThan(RUNS);
      if (model.movable()) {
        assertThat(slid).as("slid").isGreaterThan(RUNS);
      }
    }
  }

  /** A sequence and its history. */
  private static final class Member {
    final CachedSequence sequence;
    final Recomputation history;
    final Sampling sampling;

    Member(CachedSequence sequence, Recomputation history, Sampling sampling) {
      this.sequence = sequence;
      this.history = history;
      this.sampling = sampling;
    }

    boolean seated() {
      return !sequence.parked();
    }

    boolean drawable() {
      return seated() && !history.ended() && history.length() < POSITIONS;
    }
  }

  /** Members at work on the same rows, one more than there are. */
  private static final class Interleaving {
    final CausalLanguageModel model;
    final SequenceRows rows;
    final boolean oneLayer;
    final double tolerance;
    final int seed;
    final Random random;
    final List<Member> members = new ArrayList<>();
    final Member[] seats = new Member[ROWS];
    int looks;
    int draws;
    int parked;
    int slid;
    String now = "";

    Interleaving(
        CausalLanguageModel model,
        SequenceRows rows,
        boolean oneLayer,
        double tolerance,
        int seed) {
      this.model = model;
      this.rows = rows;
      this.oneLayer = oneLayer;
      this.tolerance = tolerance;
      this.seed = seed;
      this.random = new Random(seed);
      members.add(opened(0));
      park(members.get(0));
      for (int row = 0; row < ROWS; row++) {
        members.add(opened(row));
      }
    }

    void run() {
      for (int i = 0; i < ACTS; i++) {
        now = "seed %d, act %d".formatted(seed, i);
        act();
        for (Member member : members) {
          assertThat(member.sequence.length()).as(now).isEqualTo(member.history.length());
        }
        if (random.nextInt(8) == 0) {
          look();
        }
      }
      members.forEach(member -> member.sequence.close());
    }

    Member opened(int row) {
      double temperature = 2 * random.nextInt(3);
      double penalty = random.nextBoolean() ? 1 : 1.2;
      Sampling sampling = new Sampling(temperature, 40, 0.95, penalty, random.nextInt());
      Member member = new Member(rows.open(row), new Recomputation(model, POSITIONS), sampling);
      seats[row] = member;
      return member;
    }

    void act() {
      int i = random.nextInt(members.size());
      Member one = members.get(i);
      switch (random.nextInt(16)) {
        case 0, 1, 2 -> give(one);
        case 3 -> truncate(one);
        case 4 -> slide(one);
        case 5 -> park(one);
        case 6, 7 -> resume(one);
        case 8 -> reopen(i);
        case 9, 10 -> rows.prefill(some(Member::seated).stream().map(m -> m.sequence).toList());
        default -> draw();
      }
    }

    void give(Member one) {
      int most = Math.min(POSITIONS - one.history.length(), 24);
      int[] units = random.ints(random.nextInt(1 + most), 0, model.unitCount()).toArray();
      if (random.nextBoolean()) {
        one.sequence.append(units);
      } else {
        one.sequence.enqueue(units);
      }
      one.history.give(units);
    }

    void truncate(Member one) {
      int length = one.history.length();
      int back = random.nextInt(1 + (random.nextInt(4) == 0 ? length : Math.min(12, length)));
      one.sequence.truncate(length - back);
      one.history.truncate(length - back);
    }

    void slide(Member one) {
      if (one.seated()) {
        int length = one.history.length();
        int keep = random.nextInt(1 + Math.min(10, length));
        int drop = random.nextInt(1 + length - keep);
        one.sequence.slide(keep, drop);
        one.history.slide(keep, drop);
        slid += one.history.slid() ? 1 : 0;
      }
    }

    void park(Member one) {
      if (one.seated() && !one.history.slid()) {
        seats[one.sequence.row()] = null;
        one.sequence.park();
        parked++;
      }
    }

    void resume(Member one) {
      int row = freeRow();
      if (!one.seated() && row >= 0) {
        one.sequence.resume(row);
        seats[row] = one;
      }
    }

    void reopen(int i) {
      Member one = members.get(i);
      int row = one.seated() ? one.sequence.row() : freeRow();
      if (row >= 0) {
        one.sequence.close();
        members.set(i, opened(row));
      }
    }

    int freeRow() {
      int[] free = IntStream.range(0, ROWS).filter(row -> seats[row] == null).toArray();
      return free.length == 0 ? -1 : free[random.nextInt(free.length)];
    }

    /** Some of those that can, in any order. */
    List<Member> some(Predicate<Member> can) {
      List<Member> some = new ArrayList<>(members.stream().filter(can).toList());
      Collections.shuffle(some, random);
      return some.subList(0, random.nextInt(1 + some.size()));
    }

    /** A pass for some draws; one of them is made from its history too. */
    void draw() {
      List<Member> drawing = some(Member::drawable);
      int[] turns = random.ints(drawing.size(), 0, 3).toArray();
      int checked = drawing.isEmpty() ? -1 : random.nextInt(3 * drawing.size());
      int expected = 0;
      if (checked >= 0 && checked < drawing.size()) {
        Member one = drawing.get(checked);
        expected = one.history.next(one.sampling, turns[checked]);
      }
      int[] units =
          rows.next(
              drawing.stream().map(member -> member.sequence).toList(),
              drawing.stream().map(member -> member.sampling).toList(),
              turns);
      for (int i = 0; i < units.length; i++) {
        drawing.get(i).history.drawn(units[i]);
        if (i == checked) {
          assertThat(units[i]).as("%s, drawn", now).isEqualTo(expected);
          draws++;
        }
      }
    }

    /** Logits of some, from one pass, to the bit; and near those of a context just given. */
    void look() {
      List<Member> some = some(member -> member.seated() && !member.history.ended());
      List<CachedSequence> sequences = some.stream().map(member -> member.sequence).toList();
      while (sequences.stream().anyMatch(sequence -> sequence.waitingBlocks() > 0)) {
        rows.prefill(sequences);
      }
      if (some.isEmpty()) {
        return;
      }
      Tokens tokens = new Tokens();
      sequences.forEach(sequence -> sequence.addPending(tokens));
      float[] logits = model.logits(rows.cache(), tokens);
      int at = 0;
      for (Member member : some) {
        float[] alone = member.history.logits();
        float[] actual = Arrays.copyOfRange(logits, at, Math.min(logits.length, at + alone.length));
        assertThat(actual).as("%s, row %d", now, member.sequence.row()).isEqualTo(alone);
        if (oneLayer || !member.history.slid()) {
          assertNear(actual, member.history.logitsOfOnePass());
        }
        at += alone.length;
        looks++;
      }
      assertThat(logits).as(now).hasSize(at);
    }

    void assertNear(float[] all, float[] expected) {
      int before = all.length - expected.length;
      double error = 0;
      double size = 0;
      for (int i = 0; i < expected.length; i++) {
        error += Math.pow(all[before + i] - expected[i], 2);
        size += Math.pow(expected[i], 2);
      }
      assertThat(Math.sqrt(error / size)).as("%s, relative error", now).isLessThan(tolerance);
    }
  }
}
