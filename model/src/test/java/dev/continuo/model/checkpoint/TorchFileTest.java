// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What torch.save writes, in both formats. */
class TorchFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"tensors.pt", "tensors-legacy.pt"})
  void readsViewsOfAnyStrides(String name) {
    TorchFile file = TorchFile.open(Fixtures.path(name));
    assertThat(file.get("whole", 4, 6).toFloats()).hasSize(24).startsWith(0, 1, 2).endsWith(23);
    assertThat(file.get("tied", 4, 6).toFloats()).isEqualTo(file.get("whole").toFloats());
    assertThat(file.get("transposed", 6, 4).toFloats()).startsWith(0, 6, 12, 18, 1, 7).endsWith(23);
    assertThat(file.get("column", 4).toFloats()).containsExactly(2, 8, 14, 20);
    assertThat(file.get("rows", 2, 6).toFloats())
        .containsExactly(6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    assertThat(file.get("every_other", 12).toFloats()).startsWith(1, 3, 5).endsWith(21, 23);
    assertThat(file.get("permuted", 4, 2, 3).toFloats())
        .startsWith(0, 4, 8, 12, 16, 20, 1, 5, 9)
        .endsWith(15, 19, 23);
    assertThat(file.get("unit_stride", 1, 6).toFloats()).containsExactly(6, 7, 8, 9, 10, 11);
    assertThat(file.get("scalar").toFloats()).containsExactly(7.5f);
    assertThat(file.get("empty", 0, 3).toFloats()).isEmpty();
    assertThat(file.get("parameter", 2).toFloats()).containsExactly(1, -2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensors.pt", "tensors-legacy.pt"})
  void readsEveryType(String name) {
    TorchFile file = TorchFile.open(Fixtures.path(name));
    for (String type : List.of("float64", "float32", "float16", "bfloat16")) {
      assertThat(file.get("of_" + type, 3).toFloats()).as(type).containsExactly(1, 2, 3);
    }
    assertThat(file.info("of_bfloat16").dtype()).isEqualTo(DType.BF16);
    assertThat(file.get("of_int64").data().getLong(8)).isEqualTo(2);
    assertThat(file.get("of_int32").data().getInt(4)).isEqualTo(2);
    assertThat(file.get("of_int16").data().getShort(2)).isEqualTo((short) 2);
    assertThat(file.get("of_int8").data().get(1)).isEqualTo((byte) 2);
    assertThat(file.get("of_uint8").data().get(2)).isEqualTo((byte) 3);
    assertThat(file.info("of_bool").describe()).isEqualTo("of_bool: BOOL [2]");
  }

  @Test
  void handsOutDirectReadOnlyLittleEndianBuffers() {
    TorchFile file = TorchFile.open(Fixtures.path("tensors.pt"));
    for (String name : List.of("whole", "rows", "transposed", "of_int64")) {
      assertThat(file.get(name).data().isDirect()).isTrue();
      assertThat(file.get(name).data().isReadOnly()).isTrue();
      assertThat(file.get(name).data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(file.get(name).data().position()).isZero();
      assertThat((long) file.get(name).data().limit()).isEqualTo(file.info(name).bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trainer.pt", "trainer-legacy.pt"})
  void readsTensorsAndSettingsOfTrainers(String name) {
    TorchFile file = TorchFile.open(Fixtures.path(name));
    assertThat(file.names())
        .containsExactly(
            "generator.conv.weight",
            "generator.conv.bias",
            "optimizer.state.0.step",
            "optimizer.state.0.exp");
    assertThat(file.ignoring("generator.").get("conv.weight", 2, 1).toFloats())
        .containsExactly(1, 1);
    PickledValues values = file.values();
    assertThat(values.value("args", "layers")).contains(2L);
    assertThat(values.value("args", "name")).contains("tiny");
    assertThat(values.value("args", "rates")).contains(List.of(0.5, 1.5));
    assertThat(values.value("args", "nothing")).isEmpty();
    assertThat(values.has("args", "nothing")).isTrue();
    assertThat(values.value("cfg", "model", "normalize")).contains(false);
    assertThat(values.value("cfg", "model", "missing", "more")).isEmpty();
    assertThat(values.has("cfg", "missing")).isFalse();
    assertThat(values.value("epoch")).contains(3L);
    assertThat(values.value("size")).contains(List.of(2L, 3L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"protocol3.pt", "protocol4.pt", "protocol5.pt"})
  void readsEveryProtocol(String name) {
    TorchFile file = TorchFile.open(Fixtures.path(name));
    assertThat(file.get("w", 3).toFloats()).containsExactly(0, 1, 2);
    assertThat(file.values().value("metadata", "a")).contains(1L);
  }

  @Test
  void namesTheModuleOfAWholeNetwork() {
    assertThatThrownBy(() -> TorchFile.open(Fixtures.path("module.pt")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(Fixtures.path("module.pt") + ": module/data.pkl at byte 2: names ")
        .hasMessageContaining("torch.nn.modules.linear.Linear, which is never loaded");
  }

  @Test
  void refusesTensorsLargerThanTheirStorage() {
    assertThatThrownBy(() -> TorchFile.open(Fixtures.path("expanded.pt")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            ": w: shape [3, 2, 2], strides [0, 2, 1] (expected: no more elements");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model-bin", "model-sharded-bin", "model-sharded-safetensors"})
  void equalsTheSameWeightsInSafetensors(String folder) {
    Checkpoint expected = Checkpoint.open(Fixtures.golden("lm-opt/model"));
    Checkpoint actual = Checkpoint.open(Fixtures.golden("lm-opt/" + folder));
    TreeSet<String> names = new TreeSet<>(actual.names());
    names.remove("lm_head.weight"); // tied: safetensors leaves it out
    assertThat(names).isEqualTo(new TreeSet<>(expected.names()));
    for (String name : names) {
      TensorData tensor = expected.get(name);
      assertThat(actual.get(name, tensor.shape()).toFloats()).as(name).isEqualTo(tensor.toFloats());
    }
  }

  @Test
  void readsAFairseqTrainersFile() {
    TorchFile file = TorchFile.open(Fixtures.golden("hubert-25hz/model-fairseq/checkpoint.pt"));
    Checkpoint weights = file.ignoring("model.");
    Checkpoint expected = Checkpoint.open(Fixtures.golden("hubert-25hz/model"));
    assertThat(weights.get("feature_extractor.conv_layers.0.0.weight").toFloats())
        .isEqualTo(expected.get("feature_extractor.conv_layers.0.conv.weight").toFloats());
    assertThat(file.values().value("cfg", "model", "conv_pos_batch_norm")).contains(true);
    assertThat(file.values().value("cfg", "task", "label_rate")).contains(25.0);
    assertThat(file.values().value("criterion")).isEmpty();
  }

  @Test
  void readsTheOlderNamesOfWeightNorm() {
    Checkpoint file = Checkpoint.open(Fixtures.golden("hubert-base/model-legacy"));
    Checkpoint expected = Checkpoint.open(Fixtures.golden("hubert-base/model"));
    assertThat(file.get("encoder.pos_conv_embed.conv.weight_g").toFloats())
        .isEqualTo(
            expected
                .get("encoder.pos_conv_embed.conv.parametrizations.weight.original0")
                .toFloats());
  }
}
