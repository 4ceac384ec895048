// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel.Rows;
import dev.continuo.model.UnitLanguageModel.Sequence;
import dev.continuo.model.torch.Tensor;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sequences that give up their row and take another; {@link InterleavingTest} does it at random.
 */
final class ParkTest {
  private static final int POSITIONS = 90;

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
