// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.CheckpointFiles;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  private static TorchModule module;

  @TempDir Path folder;

  @BeforeAll
  static void load() {
    TorchRuntime.start(BundleStore.home(), 1);
    module =
        TorchModule.load(TorchRuntime.class, "probe.py", "Probe", Map.of("training", false), "cpu");
  }

  @AfterAll
  static void close() {
    module.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private Weights weights(String dtype, String shape, byte... data) {
    byte[] file =
        CheckpointFiles.safetensors(
            "{" + CheckpointFiles.tensor("x", dtype, shape, 0, data.length) + "}", data);
    Path path = CheckpointFiles.write(folder.resolve("model.safetensors"), file);
    return new Weights(module, Checkpoint.open(path), Precision.F32);
  }

  @Test
  void widensBfloat16() {
    Weights weights = weights("BF16", "[1,3]", b(0xc0), b(0x3f), b(0), b(0xc0), b(0x80), b(0x7f));
    try (Tensor x = weights.tensor("x", 1, 3)) {
      assertThat(x.shape()).containsExactly(1, 3);
      assertThat(x.toFloats()).containsExactly(1.5f, -2f, Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void keepsIntegers() {
    try (Tensor x =
        weights("I64", "[1]", b(7), b(1), b(0), b(0), b(0), b(0), b(0), b(0)).tensor("x", 1)) {
      assertThat(x.toLongs()).containsExactly(263);
    }
  }

  @Test
  void refusesTypesThatTorchIsNotGiven() {
    Weights weights = weights("I16", "[1]", b(1), b(0));
    assertThatThrownBy(() -> weights.tensor("x", 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("model.safetensors: x is I16 (expected: BF16, F16, F32");
  }

  private static byte b(int value) {
    return (byte) value;
  }
}
