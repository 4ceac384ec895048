// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.Precision;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.TensorData;
import dev.continuo.model.torch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values of {@code config.json} other than the families' usual ones, in the spellings of
 * transformers 4 and 5, against transformers 5.18 (lm-variants/make_variants.py).
 */
final class FamilyVariantParityTest {
  private static final double TOLERANCE = 5e-4;

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-linear",
        "llama-llama3",
        "llama-yarn",
        "llama-yarn-5",
        "llama-biases",
        "qwen2-window",
        "qwen2-layers-5",
        "neox-serial",
        "neox-yarn-5",
        "opt-bare",
        "bloom-six-heads"
      })
  void logitsAreTheReference(String name) {
    LmCase c = new LmCase("lm-variants", name, name);
    Checkpoint expected =
        Checkpoint.open(Golden.path("lm-variants/" + name + "/expected.safetensors"));
    int[] ids = ids(expected.get("ids"));
    for (String device : Golden.devices()) {
      try (CausalLanguageModel model = c.raw(device, Precision.F32)) {
        Golden.assertClose(LmCase.logits(model, ids), expected.get("logits").toFloats(), TOLERANCE);
      }
    }
  }

  private static int[] ids(TensorData data) {
    int[] ids = new int[Math.toIntExact(data.elements())];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Math.toIntExact(data.data().getLong(Long.BYTES * i));
    }
    return ids;
  }
}
