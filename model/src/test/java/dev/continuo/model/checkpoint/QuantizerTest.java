// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Centroids and classifiers. */
class QuantizerTest {
  @TempDir Path folder;

  private static Entry counted(String name, long... shape) {
    float[] next = {0};
    return new Entry(
        new TensorInfo(name, DType.F32, shape),
        (to, count) -> {
          for (int i = 0; i < count; i++) {
            to[i] = next[0]++;
          }
        });
  }

  private Path written(Entry... entries) throws IOException {
    Path file = folder.resolve("q.safetensors");
    SafetensorsWriter.write(file, List.of(entries));
    return file;
  }

  @Test
  void centroidsAreOneLayerWithoutBias() {
    Quantizer quantizer = Quantizer.read(Fixtures.golden("hubert-base/kmeans/kmeans.bin"));
    assertThat(quantizer.units()).isEqualTo(100);
    assertThat(quantizer.width()).isEqualTo(32);
    assertThat(quantizer.classifies()).isFalse();
    assertThat(quantizer.layers()).hasSize(1);
    assertThat(quantizer.layers().get(0).weight())
        .isEqualTo(Centroids.read(Fixtures.golden("hubert-base/kmeans/centroids.npy")).values());
  }

  @Test
  void theLastClassOfAClassifierIsNoUnit() throws IOException {
    Path file =
        written(
            Stream.of("model_weight.0", "model_weight.2", "model_weight.4")
                .flatMap(
                    n ->
                        Stream.of(
                            counted(n + ".weight", n.endsWith("4") ? 6 : 4, 4),
                            counted(n + ".bias", n.endsWith("4") ? 6 : 4)))
                .toArray(Entry[]::new));
    Quantizer quantizer = Quantizer.read(file);
    assertThat(quantizer.units()).isEqualTo(5);
    assertThat(quantizer.width()).isEqualTo(4);
    assertThat(quantizer.classifies()).isTrue();
    assertThat(quantizer.layers()).extracting(Quantizer.Layer::outputs).containsExactly(4, 4, 6);
    assertThat(quantizer.layers().get(2).bias()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void layersThatDoNotFitAreNamed() throws IOException {
    Path file =
        written(
            counted("0.weight", 4, 4),
            counted("0.bias", 4),
            counted("2.weight", 4, 3),
            counted("2.bias", 4),
            counted("4.weight", 6, 4),
            counted("4.bias", 6));
    assertThatThrownBy(() -> Quantizer.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": 2.weight: shape [4, 3] (expected: [outputs, 4])");
  }
}
