// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a GPU computes by, on this CPU: matrices as they are, in half precision, and its caches. */
final class PlainKernelsTest {
  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static CausalLanguageModel load(String name, Precision precision) {
    LmFolder lm = LmFolder.openRaw(Golden.path(name + "/model"));
    Path folder = lm.component().folder();
    Family family = Family.read(ConfigFile.read(folder.resolve("config.json")));
    ModelOptions options = ModelOptions.cpu(precision);
    return FamilyLoader.load(family, Checkpoint.open(folder), lm.ids(), options, true);
  }

  /** Half of the ids in one pass, the rest one by one, two rows at once. */
  private static float[] logits(CausalLanguageModel model, int[][] ids) {
    int n = ids[0].length;
    int half = n / 2;
    int vocabulary = model.dimensions().vocabulary();
    float[] all = new float[2 * n * vocabulary];
    try (KvCache cache = model.newCache(2, n)) {
      Tokens first = new Tokens();
      first.add(0, 0, Arrays.copyOf(ids[0], half));
      first.add(1, 0, Arrays.copyOf(ids[1], half));
      float[] some = model.logits(cache, first);
      System.arraycopy(some, 0, all, 0, half * vocabulary);
      System.arraycopy(some, half * vocabulary, all, n * vocabulary, half * vocabulary);
      for (int i = half; i < n; i++) {
        Tokens next = new Tokens();
        next.add(0, i, ids[0][i]);
        next.add(1, i, ids[1][i]);
        some = model.logits(cache, next);
        System.arraycopy(some, 0, all, i * vocabulary, vocabulary);
        System.arraycopy(some, vocabulary, all, (n + i) * vocabulary, vocabulary);
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "lm-opt, FP16, 8e-3",
    "lm-opt350, FP16, 8e-3",
    "lm-gpt-neox, FP16, 8e-3",
    "lm-bloom, FP16, 8e-3",
    "lm-llama, FP16, 8e-3",
    "lm-qwen2, FP16, 8e-3",
    "lm-llama, F32, 1e-5",
    "lm-bloom, F32, 1e-5",
    "lm-llama, BF16, 6e-2"
  })
  void logitsAreThoseOfTheReference(String name, Precision precision, double tolerance) {
    LmCase golden = LmCase.of(name);
    float[] expected = golden.logits();
    float[] actual;
    try (CausalLanguageModel model = load(name, precision)) {
      actual = logits(model, golden.ids());
    }
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    double relative = Math.sqrt(error / size);
    assertThat(relative).isLessThan(tolerance);
    if (precision != Precision.F32) {
      assertThat(relative).as("computed in half precision").isGreaterThan(tolerance / 1000);
    }
  }

  @Test
  void weightsAndCachesAreHalfAsLarge() {
    try (CausalLanguageModel half = load("lm-llama", Precision.FP16);
        CausalLanguageModel full = load("lm-llama", Precision.F32)) {
      assertThat(half.weightBytes()).isEqualTo(full.weightBytes() / 2);
      assertThat(half.cacheBytes(2, 100)).isEqualTo(full.cacheBytes(2, 100) / 2);
    }
  }

  @Test
  void int8IsRefused() {
    assertThatThrownBy(() -> load("lm-llama", Precision.INT8))
        .isInstanceOf(InputException.class)
        .hasMessage("--precision: int8 (expected: f32, fp16 or bf16 on a GPU)");
  }
}
