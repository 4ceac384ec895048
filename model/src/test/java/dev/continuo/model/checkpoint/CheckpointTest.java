// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.safetensors;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder;

  private Checkpoint checkpoint(String... names) {
    java.util.Map<String, float[]> tensors = new java.util.LinkedHashMap<>();
    for (String name : names) {
      tensors.put(name, new float[] {tensors.size()});
    }
    return Safetensors.open(write(folder.resolve("x.safetensors"), safetensors(tensors)));
  }

  @Test
  void prefersSafetensorsToOthers() {
    write(folder.resolve("pytorch_model.bin"), "none");
    write(folder.resolve("other.safetensors"), "none");
    Path file =
        write(folder.resolve("model.safetensors"), safetensors(Map.of("x", new float[] {1})));
    assertThat(Checkpoint.open(folder).path()).isEqualTo(file);
    assertThat(Checkpoint.open(file).path()).isEqualTo(file);
  }

  @Test
  void takesTheOnlyFileOfWeights() {
    Path file = write(folder.resolve("unit.safetensors"), safetensors(Map.of("x", new float[1])));
    write(folder.resolve("config.json"), "{}");
    assertThat(Checkpoint.open(folder).path()).isEqualTo(file);
    write(folder.resolve("unit.pt"), "none");
    assertThat(Checkpoint.open(folder).path()).as("the safer of the two").isEqualTo(file);
    write(folder.resolve("other.safetensors"), "none");
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(
            folder
                + ": 3 files of weights"
                + " (expected: model.safetensors, pytorch_model.bin or one .pt file)");
  }

  @Test
  void namesTheFolderWithoutWeights() {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder + ": no weights (expected: model.safetensors");
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("none") + ": no such file");
  }

  @Test
  void findsTensorsWithAndWithoutPrefixes() {
    Checkpoint view = checkpoint("lm.model.a", "model.b", "c", "head").ignoring("lm.", "model.");
    assertThat(view.get("model.a", 1).toFloats()).containsExactly(0);
    assertThat(view.get("a").toFloats()).containsExactly(0);
    assertThat(view.info("lm.model.b").name()).isEqualTo("model.b");
    assertThat(view.get("model.c", 1).toFloats()).containsExactly(2);
    assertThat(view.has("lm.head")).isTrue();
    assertThat(view.has("model.d")).isFalse();
    assertThat(view.names()).containsExactly("lm.model.a", "model.b", "c", "head");
    assertThat(view.files()).isEqualTo(java.util.List.of(view.path()));
    assertThatThrownBy(() -> view.get("model.d", 4))
        .isInstanceOf(InputException.class)
        .hasMessage(view.path() + ": missing tensor model.d (expected: shape [4])");
    assertThatThrownBy(() -> view.get("model.a", 4))
        .isInstanceOf(InputException.class)
        .hasMessage(view.path() + ": lm.model.a: shape [1] (expected: [4])");
  }

  @Test
  void tellsTensorsApartThatDifferInThePrefix() {
    Checkpoint view = checkpoint("a", "model.a").ignoring("lm.", "model.");
    assertThat(view.get("model.a").toFloats()).containsExactly(1);
    assertThat(view.get("a").toFloats()).containsExactly(0);
    assertThatThrownBy(() -> view.get("lm.a"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("several tensors are named a but for the prefixes lm., model.");
  }
}
