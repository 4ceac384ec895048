// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel.Sequence;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cache that forgets, against the same computed from the start. */
final class SlideTest {
  private static final int POSITIONS = 200;
  private static final double TOLERANCE = 2e-4;

  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static CausalLanguageModel model(String family, int layers) {
    return TinyModel.raw(family, layers, Precision.F32);
  }

  private static int[] units(Random random, int n) {
    return random.ints(n, 0, TinyModel.VOCABULARY).toArray();
  }

  /**
   * Logits behind a row's last unit when it is computed, at its place, over what the cache holds.
   */
  private static float[] logits(CausalLanguageModel model, KvCache cache, int position, int unit) {
    Tokens tokens = new Tokens();
    tokens.add(0, position, unit);
    return model.logits(cache, tokens);
  }

  private static KvCache filled(CausalLanguageModel model, int[] units) {
    KvCache cache = model.newCache(1, POSITIONS);
    Tokens tokens = new Tokens();
    tokens.add(0, 0, units);
    model.fill(cache, tokens);
    return cache;
  }

  /**
   * With one layer keys and values do not depend on what came before them: a cache that forgot some
   * is the cache of the others.
   */
  @ParameterizedTest
  @CsvSource({
    "llama, 0, 1",
    "llama, 4, 70",
    "llama, 64, 64",
    "llama, 3, 130",
    "gpt_neox, 4, 70",
    "bloom, 4, 70",
    "bloom, 0, 64"
  })
  void whatIsLeftIsWhereItWouldBe(String family, int keep, int drop) {
    int[] units = units(new Random(keep + drop), 150);
    int[] left =
        IntStream.range(0, 150)
            .filter(i -> i < keep || i >= keep + drop)
            .map(i -> units[i])
            .toArray();
    try (CausalLanguageModel model = model(family, 1);
        KvCache slid = filled(model, units);
        KvCache fresh = filled(model, left)) {
      model.slide(slid, 0, keep, drop, 150);
      Golden.assertClose(
          logits(model, slid, left.length, 7), logits(model, fresh, left.length, 7), TOLERANCE);
      Golden.assertClose(
          logits(model, slid, left.length + 1, 8),
          logits(model, fresh, left.length + 1, 8),
          TOLERANCE);
    }
  }

  /** A model whose layers look back 30 positions never sees what is forgotten further back. */
  @Test
  void forgettingWhatIsBehindAWindowChangesNothing() {
    int[] units = units(new Random(4), 120);
    try (CausalLanguageModel model = model("qwen2", 3);
        KvCache whole = model.newCache(1, POSITIONS);
        KvCache slid = model.newCache(1, POSITIONS)) {
      int length = 0;
      for (int i = 0; i < units.length; i++) {
        float[] expected = logits(model, whole, i, units[i]);
        Golden.assertClose(logits(model, slid, length++, units[i]), expected, TOLERANCE);
        if (length >= 35 && i % 3 == 0) {
          model.slide(slid, 0, 0, length - 30, length);
          length = 30;
        }
      }
    }
  }

  /** Learned positions: what moves is computed again, as if it had never stood elsewhere. */
  @Test
  void learnedPositionsStartAgain() {
    int[] units = units(new Random(2), 100);
    int[] left = IntStream.range(0, 100).filter(i -> i < 8 || i >= 50).map(i -> units[i]).toArray();
    Sampling sampling = Sampling.defaults(3);
    try (CausalLanguageModel model = model("opt", 2);
        Sequence slid = model.open(POSITIONS);
        Sequence fresh = model.open(POSITIONS)) {
      slid.append(units);
      slid.slide(8, 42);
      fresh.append(left);
      assertThat(slid.length()).isEqualTo(58);
      for (int i = 0; i < 20; i++) {
        assertThat(slid.next(sampling, 0)).isEqualTo(fresh.next(sampling, 0));
      }
    }
  }

  @Test
  void refusesToForgetMoreThanThereIs() {
    try (CausalLanguageModel model = model("llama", 1);
        Sequence sequence = model.open(POSITIONS)) {
      sequence.append(new int[] {1, 2, 3});
      assertThatThrownBy(() -> sequence.slide(2, 2))
          .hasMessage("keep, drop: 2, 2 (expected: 0 or more, and at most 3 together)");
      assertThatThrownBy(() -> sequence.slide(-1, 2)).isInstanceOf(IllegalArgumentException.class);
      sequence.slide(0, 3);
      assertThat(sequence.length()).isZero();
    }
  }
}
