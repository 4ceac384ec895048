// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The default bundle's language model in int8; {@link LogitErrorTest} has its error. */
final class Int8ModelTest {
  private static Bundle bundle;
  private static CausalLanguageModel model;
  private static int[] prompt;

  private static CausalLanguageModel load(Precision precision) {
    return CausalLanguageModel.load(
        bundle.lm().folder(), bundle.lmIds(), ModelOptions.cpu(precision));
  }

  @BeforeAll
  static void load() {
    bundle = Golden.bundle();
    model = load(Precision.INT8);
    prompt = Golden.ints("dedup_units");
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @Test
  void weightsTakeHalfOfWhatFloat16Takes() {
    try (CausalLanguageModel half = load(Precision.FP16)) {
      assertThat(model.weightBytes())
          .isBetween(half.weightBytes() / 2, half.weightBytes() * 6 / 10);
    }
  }

  @Test
  void keysAndValuesTakeHalfOfWhatFloat16WeightsKeep() {
    try (CausalLanguageModel half = load(Precision.FP16)) {
      assertThat(model.cacheBytes(3, 100)).isEqualTo(half.cacheBytes(3, 100) / 2);
    }
  }

  /** Rows of different lengths, one or several tokens each, in one pass against each alone. */
  @Test
  void aRowIsTheSameAloneToTheBit() {
    int[] lengths = {3, 47, 20, 66};
    int[] added = {1, 5, 1, 1};
    int vocabulary = model.dimensions().vocabulary();
    try (KvCache together = model.newCache(4, 80);
        KvCache alone = model.newCache(4, 80)) {
      Tokens prefill = new Tokens();
      Tokens step = new Tokens();
      for (int row = 0; row < 4; row++) {
        int[] ids = row(row, lengths[row] + added[row]);
        Tokens one = new Tokens();
        for (Tokens tokens : new Tokens[] {prefill, one}) {
          tokens.add(row, 0, Arrays.copyOf(ids, lengths[row]));
        }
        model.fill(alone, one);
        step.add(row, lengths[row], Arrays.copyOfRange(ids, lengths[row], ids.length));
      }
      model.fill(together, prefill);
      float[] batch = model.logits(together, step);
      int at = 0;
      for (int row = 0; row < 4; row++) {
        int[] ids = row(row, lengths[row] + added[row]);
        Tokens one = new Tokens();
        one.add(row, lengths[row], Arrays.copyOfRange(ids, lengths[row], ids.length));
        int n = added[row] * vocabulary;
        assertThat(Arrays.copyOfRange(batch, at, at + n)).isEqualTo(model.logits(alone, one));
        at += n;
      }
    }
  }

  private static int[] row(int row, int length) {
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = prompt[(i + 5 * row) % prompt.length];
    }
    return ids;
  }

  @Test
  void refusesAPrecisionWithoutKernels() {
    assertThatThrownBy(() -> load(Precision.BF16))
        .isInstanceOf(InputException.class)
        .hasMessage("--precision: bf16 (expected: f32, fp16 or int8 here)");
  }
}
