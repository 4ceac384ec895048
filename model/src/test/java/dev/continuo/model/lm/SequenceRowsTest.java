// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitLanguageModel.Rows;
import dev.continuo.model.UnitLanguageModel.Sequence;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences that share a cache: computed together, each as if it were alone. */
final class SequenceRowsTest {
  private static final int POSITIONS = 90;

  private static CausalLanguageModel model;

  @BeforeAll
  static void load() {
    model = LmCase.of("lm-llama").raw("cpu", Precision.FP16);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static int[] units(Random random, int n) {
    return random.ints(n, 0, model.unitCount()).toArray();
  }

  /** A sequence's prompts and draws: what is asked of it does not depend on others. */
  private static final class Script {
    private final int[] prompt;
    private final Sampling sampling;
    private final List<Integer> drawn = new ArrayList<>();

    Script(int seed) {
      Random random = new Random(seed);
      prompt = units(random, 1 + random.nextInt(40));
      sampling = new Sampling(1.2, 20 * (seed % 3), 0.95, 1 + 0.1 * (seed % 2), seed);
    }

    List<Integer> alone(int draws) {
      List<Integer> units = new ArrayList<>();
      try (Sequence sequence = model.open(POSITIONS)) {
        sequence.append(prompt);
        for (int i = 0; i < draws; i++) {
          units.add(sequence.next(sampling, 0));
        }
      }
      return units;
    }
  }

  /** Sequences join and leave rows at random, prefilled together and drawn from together. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void eachDrawsWhatItDrawsAlone(int seed) {
    Random random = new Random(seed);
    List<Script> done = new ArrayList<>();
    Script[] scripts = new Script[4];
    Sequence[] sequences = new Sequence[4];
    int started = 0;
    try (Rows rows = model.allocate(4, POSITIONS)) {
      while (done.size() < 12) {
        for (int row = 0; row < 4; row++) {
          if (sequences[row] == null && started < 12 && random.nextBoolean()) {
            scripts[row] = new Script(100 * seed + started++);
            sequences[row] = rows.open(row);
            sequences[row].enqueue(scripts[row].prompt);
          }
        }
        List<Integer> ready = new ArrayList<>();
        List<Sequence> open = new ArrayList<>();
        for (int row = 0; row < 4; row++) {
          if (sequences[row] != null) {
            open.add(sequences[row]);
            if (sequences[row].waitingBlocks() == 0 || random.nextInt(4) == 0) {
              ready.add(row);
            }
          }
        }
        rows.prefill(open);
        draw(rows, ready, scripts, sequences);
        for (int row : ready) {
          int n = scripts[row].drawn.size();
          if (n == 40 || (n >= 10 && random.nextInt(10) == 0)) {
            done.add(scripts[row]);
            sequences[row].close();
            sequences[row] = null;
          }
        }
      }
    }
    for (Script script : done) {
      assertThat(script.drawn).isEqualTo(script.alone(script.drawn.size()));
    }
  }

  private static void draw(Rows rows, List<Integer> ready, Script[] scripts, Sequence[] sequences) {
    List<Sequence> drawing = ready.stream().map(row -> sequences[row]).toList();
    List<Sampling> samplings = ready.stream().map(row -> scripts[row].sampling).toList();
    int[] drawn = rows.next(drawing, samplings, new int[ready.size()]);
    for (int i = 0; i < drawn.length; i++) {
      scripts[ready.get(i)].drawn.add(drawn[i]);
    }
  }

  @Test
  void aBlockIsComputedWhenItIsFollowedByAnother() {
    try (Rows rows = model.allocate(2, POSITIONS);
        Sequence sequence = rows.open(1)) {
      sequence.enqueue(new int[] {1, 2, 3, 4, 5, 6, 7, 8});
      assertThat(sequence.waitingBlocks()).isZero();
      sequence.enqueue(new int[] {9});
      assertThat(sequence.waitingBlocks()).isOne();
      sequence.enqueue(units(new Random(1), 16));
      assertThat(sequence.waitingBlocks()).isEqualTo(3);
      rows.prefill(List.of(sequence));
      assertThat(sequence.waitingBlocks()).isEqualTo(2);
      assertThat(sequence.length()).isEqualTo(25);
      rows.next(List.of(sequence), List.of(Sampling.greedy()), new int[1]);
      assertThat(sequence.waitingBlocks()).isZero();
      assertThat(sequence.length()).isEqualTo(26);
    }
  }

  /** Draws, forgets some, and draws the same again, wherever it went back to. */
  @ParameterizedTest
  @ValueSource(ints = {26, 33, 45})
  void aTruncatedSequenceGoesOnAsItDidBefore(int length) {
    Sampling sampling = new Sampling(1, 0, 1, 1.1, 8);
    try (Sequence sequence = model.open(POSITIONS)) {
      sequence.append(units(new Random(2), 25));
      List<Integer> first = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        first.add(sequence.next(sampling, 0));
      }
      sequence.append(units(new Random(3), 20));
      sequence.truncate(length);
      assertThat(sequence.length()).isEqualTo(length);
      for (int i = length - 25; i < 20; i++) {
        assertThat(sequence.next(sampling, 0)).as("draw " + i).isEqualTo(first.get(i));
      }
    }
  }

  /** A prompt that was taken back in part equals one that never was, at every place. */
  @Test
  void aPromptCanBeTakenBack() {
    Sampling sampling = new Sampling(1, 0, 1, 8);
    int[] prompt = units(new Random(4), 30);
    for (int kept = 0; kept <= 30; kept++) {
      List<Integer> revised = new ArrayList<>();
      List<Integer> fresh = new ArrayList<>();
      try (Sequence sequence = model.open(POSITIONS);
          Sequence other = model.open(POSITIONS)) {
        sequence.append(prompt);
        sequence.truncate(kept);
        int[] rest = units(new Random(5), 11);
        sequence.append(rest);
        other.append(Arrays.copyOf(prompt, kept));
        other.append(rest);
        for (int i = 0; i < 8; i++) {
          revised.add(sequence.next(sampling, 1));
          fresh.add(other.next(sampling, 1));
        }
      }
      assertThat(revised).as("kept " + kept).isEqualTo(fresh);
    }
  }

  @Test
  void aClosedSequencesRowIsTakenAgain() {
    Script before = new Script(1);
    Script after = new Script(2);
    try (Rows rows = model.allocate(1, POSITIONS)) {
      for (Script script : List.of(before, after)) {
        try (Sequence sequence = rows.open(0)) {
          sequence.append(script.prompt);
          for (int i = 0; i < 20; i++) {
            script.drawn.add(sequence.next(script.sampling, 0));
          }
        }
      }
    }
    assertThat(before.drawn).isEqualTo(before.alone(20));
    assertThat(after.drawn).isEqualTo(after.alone(20));
  }

  @Test
  void memoryIsStatedBeforeItIsTaken() {
    // positions in whole blocks; 2 layers, keys and values, 2 kv heads of 8, float32
    assertThat(model.cacheBytes(3, 10)).isEqualTo(3 * KvCache.BLOCK * 2 * 2 * 2 * 8 * 4);
    try (Rows rows = model.allocate(3, 10)) {
      assertThat(rows.bytes()).isEqualTo(model.cacheBytes(3, 10));
      assertThat(Tensor.live()).isOne();
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> model.allocate(0, 5)).hasMessage("rows: 0 (expected: >= 1)");
    assertThatThrownBy(() -> model.allocate(1, 129))
        .hasMessage("positions: 129 (expected: 1 to 128)");
    try (Rows rows = model.allocate(2, 4);
        Rows others = model.allocate(1, 4);
        Sequence sequence = rows.open(0);
        Sequence empty = rows.open(1);
        Sequence foreign = others.open(0)) {
      List<Sampling> one = List.of(Sampling.greedy());
      assertThatThrownBy(() -> rows.open(0)).hasMessage("row 0 is taken");
      assertThatThrownBy(() -> rows.open(2)).hasMessage("row: 2 (expected: 0 to 1)");
      assertThatThrownBy(() -> rows.prefill(List.of(foreign)))
          .hasMessage("sequences: one is of other rows");
      assertThatThrownBy(() -> rows.prefill(List.of(sequence, sequence)))
          .hasMessage("sequences: row 0 stands there twice");
      assertThatThrownBy(() -> rows.next(List.of(sequence), one, new int[2]))
          .hasMessage("samplings, turns: 1, 2 (expected: one of each of 1 sequences)");
      sequence.append(new int[] {1, 2});
      assertThatThrownBy(
              () ->
                  rows.next(List.of(sequence, empty), List.of(one.get(0), one.get(0)), new int[2]))
          .hasMessage("sequence is empty");
      assertThat(sequence.length()).isEqualTo(2);
      assertThatThrownBy(() -> sequence.truncate(3)).hasMessage("length: 3 (expected: 0 to 2)");
    }
  }

  @Test
  void nothingToDoIsDone() {
    try (Rows rows = model.allocate(1, 4)) {
      rows.prefill(List.of());
      assertThat(rows.next(List.of(), List.of(), new int[0])).isEmpty();
    }
  }

  @Test
  void anEndedSequenceGoesOnWithWhatIsAppended() {
    LmFolder slam = LmCase.of("lm-slamkit").folder();
    int[] units = IntStream.range(2, 502).toArray();
    LmIds onlyTheEnd = new LmIds(2, 500, new int[] {1}, new int[] {1}, units);
    try (CausalLanguageModel ending =
            LmCase.load(new LmFolder(slam.component(), onlyTheEnd), "cpu", Precision.FP16);
        Sequence sequence = ending.open(80)) {
      assertThat(sequence.next(Sampling.greedy(), 0)).isEqualTo(UnitLanguageModel.END);
      assertThat(sequence.length()).isZero();
      assertThatThrownBy(() -> sequence.next(Sampling.greedy(), 0))
          .hasMessage("sequence has ended");
      sequence.append(new int[] {5});
      assertThat(sequence.next(Sampling.greedy(), 1)).isEqualTo(UnitLanguageModel.END);
      sequence.truncate(1);
      assertThat(sequence.next(Sampling.greedy(), 1)).isEqualTo(UnitLanguageModel.END);
      assertThat(sequence.length()).isOne();
    }
  }
}
