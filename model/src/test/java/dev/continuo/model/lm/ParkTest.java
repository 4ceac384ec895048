// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel.Rows;
import dev.continuo.model.UnitLanguageModel.Sequence;
import dev.continuo.model.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences that give up their row and take another, against the same that keep theirs. */
final class ParkTest {
  private static final int POSITIONS = 90;
  private static final int ACTS = 80;

  static Stream<Arguments> cases() {
    return Stream.of("lm-opt", "lm-opt350", "lm-gpt-neox", "lm-bloom", "lm-llama", "lm-slamkit")
        .map(LmCase::of)
        .flatMap(c -> Stream.of(Arguments.of(c, Precision.F32), Arguments.of(c, Precision.FP16)));
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static int[] units(CausalLanguageModel model, Random random, int n) {
    return random.ints(n, 0, model.unitCount()).toArray();
  }

  /** What a sequence is asked to do, and what it drew and how its context looked. */
  private static final class Script {
    final CausalLanguageModel model;
    final Random random;
    final Sampling sampling;
    final List<Integer> drawn = new ArrayList<>();
    int acts;

    Script(CausalLanguageModel model, int seed) {
      this.model = model;
      random = new Random(seed);
      sampling = new Sampling(1.5, 0, 1, 1, seed);
    }

    /** Does something at random that depends on the script alone. True if a draw is to follow. */
    boolean act(Sequence sequence) {
      acts++;
      int length = sequence.length();
      switch (random.nextInt(6)) {
        case 0 -> {
          int most = Math.min(POSITIONS - length, random.nextInt(25));
          sequence.enqueue(units(model, random, most));
        }
        case 1 -> sequence.truncate(length - random.nextInt(1 + length / 3));
        default -> {
          return length > 0 && length < POSITIONS;
        }
      }
      return false;
    }

    /** Draws; what follows an end is given, so that the sequence goes on. */
    void draw(Sequence sequence) {
      int unit = sequence.next(sampling, 0);
      drawn.add(unit);
      if (unit < 0) {
        sequence.enqueue(units(model, random, 1));
      }
    }
  }

  private static List<Integer> alone(CausalLanguageModel model, int seed) {
    Script script = new Script(model, seed);
    try (Sequence sequence = model.open(POSITIONS)) {
      while (script.acts < ACTS) {
        if (script.act(sequence)) {
          script.draw(sequence);
        }
      }
    }
    return script.drawn;
  }

  /**
   * Three sequences share two rows: each is parked and resumed at random, takes units and takes
   * them back while parked, and is computed again beside the others, or stops half-way and is
   * parked once more.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void drawsWhatItDrawsWhereItIsNeverParked(LmCase lm, Precision precision) {
    try (CausalLanguageModel model = lm.raw("cpu", precision);
        Rows rows = model.allocate(2, POSITIONS)) {
      Random random = new Random(7);
      Script[] scripts = new Script[3];
      Sequence[] sequences = new Sequence[3];
      int[] rowOf = {-1, -1, 0};
      for (int i = 0; i < 3; i++) {
        scripts[i] = new Script(model, i);
        sequences[i] = rows.open(0);
        if (i < 2) {
          sequences[i].park();
        }
      }
      int parked = 0;
      while (Arrays.stream(scripts).anyMatch(s -> s.acts < ACTS)) {
        int i = random.nextInt(3);
        if (rowOf[i] >= 0 && random.nextInt(4) == 0) {
          sequences[i].park();
          assertThat(sequences[i].waitingBlocks()).isZero();
          rowOf[i] = -1;
          parked++;
        }
        int free = free(rowOf);
        if (rowOf[i] < 0 && free >= 0 && random.nextBoolean()) {
          sequences[i].resume(free);
          rowOf[i] = free;
        }
        if (random.nextBoolean()) {
          rows.prefill(seated(sequences, rowOf));
        }
        if (scripts[i].acts < ACTS && scripts[i].act(sequences[i])) {
          while (rowOf[i] < 0) { // a draw needs a row: that of another, if need be
            int other = (i + 1 + random.nextInt(2)) % 3;
            if (free(rowOf) < 0 && rowOf[other] >= 0) {
              sequences[other].park();
              rowOf[other] = -1;
              parked++;
            }
            int row = free(rowOf);
            if (row >= 0) {
              sequences[i].resume(row);
              rowOf[i] = row;
            }
          }
          scripts[i].draw(sequences[i]);
        }
      }
      Arrays.stream(sequences).forEach(Sequence::close);
      assertThat(parked).isGreaterThan(30);
      for (int i = 0; i < 3; i++) {
        assertThat(scripts[i].drawn).hasSizeGreaterThan(30);
        assertThat(scripts[i].drawn).as("sequence %d", i).isEqualTo(alone(model, i));
      }
    }
  }

  private static int free(int[] rowOf) {
    for (int row = 0; row < 2; row++) {
      int wanted = row;
      if (Arrays.stream(rowOf).noneMatch(taken -> taken == wanted)) {
        return row;
      }
    }
    return -1;
  }

  private static List<Sequence> seated(Sequence[] sequences, int[] rowOf) {
    List<Sequence> seated = new ArrayList<>();
    for (int i = 0; i < sequences.length; i++) {
      if (rowOf[i] >= 0) {
        seated.add(sequences[i]);
      }
    }
    return seated;
  }

  /** Draws hide small differences; logits over the cache do not. */
  @ParameterizedTest
  @MethodSource("cases")
  void itsCacheIsTheSameToTheBit(LmCase lm, Precision precision) {
    try (CausalLanguageModel model = lm.raw("cpu", precision);
        SequenceRows rows = model.allocate(3, POSITIONS);
        CachedSequence one = rows.open(0);
        CachedSequence mate = rows.open(1)) {
      Random random = new Random(3);
      Sampling sampling = new Sampling(1.5, 0, 1, 1, 3);
      one.append(units(model, random, 29));
      for (int i = 0; i < 5; i++) {
        one.next(sampling, 0);
      }
      one.truncate(one.length() - 1); // whether it ended or not
      one.append(units(model, random, 21));
      float[] before = after(model, rows, 0, one.length());
      one.park();
      mate.append(units(model, random, 40));
      one.resume(2);
      while (one.waitingBlocks() > 0) {
        rows.prefill(List.of(mate, one));
      }
      assertThat(after(model, rows, 2, one.length())).isEqualTo(before);
    }
  }

  private static float[] after(CausalLanguageModel model, SequenceRows rows, int row, int length) {
    int computed = length - CachedSequence.PREFILL_BLOCK; // the last block may wait for a draw
    Tokens tokens = new Tokens();
    tokens.add(row, computed, 7);
    return model.logits(rows.cache(), tokens);
  }

  @Test
  void refusesWhatCannotBe() {
    try (CausalLanguageModel model = LmCase.of("lm-llama").raw("cpu", Precision.FP16);
        Rows rows = model.allocate(2, POSITIONS);
        Sequence one = rows.open(0);
        Sequence other = rows.open(1)) {
      one.append(new int[] {1, 2, 3});
      assertThatThrownBy(() -> one.resume(1)).hasMessage("sequence is not parked");
      one.park();
      one.park();
      assertThatThrownBy(() -> one.resume(1)).hasMessage("row 1 is taken");
      assertThatThrownBy(() -> one.next(Sampling.greedy(), 0))
          .hasMessage("sequences: one is parked");
      assertThatThrownBy(() -> one.slide(0, 1)).hasMessage("sequence is parked");
      other.append(units(model, new Random(1), 20));
      other.slide(1, 3);
      assertThatThrownBy(other::park)
          .hasMessage("sequence has slid: it cannot be computed again as it was");
    }
  }

  @Test
  void aParkedSequenceThatIsClosedFreesNobodysRow() {
    try (CausalLanguageModel model = LmCase.of("lm-llama").raw("cpu", Precision.FP16);
        Rows rows = model.allocate(1, POSITIONS)) {
      List<Sequence> parked = List.of(rows.open(0));
      parked.get(0).park();
      try (Sequence other = rows.open(0)) {
        parked.forEach(Sequence::close);
        assertThat(other.length()).isZero();
        assertThatThrownBy(() -> rows.open(0)).hasMessage("row 0 is taken");
        assertThatThrownBy(parked.get(0)::park).hasMessage("sequence is closed");
      }
    }
  }
}
