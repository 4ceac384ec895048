// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.SafetensorsWriter;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that are no numbers are refused by the name of their tensor. */
class UnsoundWeightsTest {
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "layers.1.fc1.weight, NaN",
    "layers.1.fc1.weight, Infinity",
    "layers.2.self_attn.k_proj.weight, -Infinity",
    "layers.0.self_attn.v_proj.bias, NaN",
    "layers.0.final_layer_norm.bias, Infinity",
    "embed_positions.weight, NaN",
    "embed_tokens.weight, NaN"
  })
  void areRefusedByName(String tensor, float value) throws IOException, URISyntaxException {
    write("model.decoder." + tensor, value);
    LmFolder lm = LmFolder.open(folder, OptionalInt.empty(), () -> 500);
    for (Precision precision : List.of(Precision.F32, Precision.FP16)) {
      ModelOptions options = ModelOptions.cpu(precision);
      assertThatThrownBy(() -> CausalLanguageModel.load(folder, lm.ids(), options))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(folder.resolve("model.safetensors") + ": ")
          .hasMessageContaining(": model.decoder." + tensor + " holds ")
          .hasMessageContaining("(expected: ");
    }
  }

  /** A good model with one value of one tensor replaced. */
  private void write(String tensor, float value) throws IOException, URISyntaxException {
    Path good =
        Path.of(
            Objects.requireNonNull(
                    UnsoundWeightsTest.class.getResource("/dev/continuo/model/golden/lm-opt/model"))
                .toURI());
    Files.copy(good.resolve("config.json"), folder.resolve("config.json"));
    Checkpoint from = Checkpoint.open(good);
    assertThat(from.has(tensor)).isTrue();
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    for (String name : from.names()) {
      float[] values = from.get(name).toFloats();
      if (name.equals(tensor)) {
        values[values.length / 2] = value;
      }
      entries.add(
          new SafetensorsWriter.Entry(
              from.info(name), (to, count) -> System.arraycopy(values, 0, to, 0, count)));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries);
  }
}
