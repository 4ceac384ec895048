// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Rendering;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.NpyWriter;
import dev.continuo.model.checkpoint.SafetensorsWriter;
import dev.continuo.model.checkpoint.SafetensorsWriter.Entry;
import dev.continuo.model.checkpoint.TensorInfo;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are stored otherwise, and weights that cannot be. */
final class CodeHifiganWeightsTest {
  private static final String NAME = "vocoder-50hz";

  @TempDir Path folder;
  private final Map<String, Stored> tensors = new LinkedHashMap<>();

  /** A tensor to be written. */
  @SuppressWarnings("ArrayRecordComponent") // written once
  private record Stored(TensorInfo info, float[] values) {}

  @BeforeEach
  void read() {
    TorchRuntime.start(BundleStore.home(), 1);
    Checkpoint file = Checkpoint.open(Golden.path(NAME + "/model/generator.safetensors"));
    for (String name : file.names()) {
      put(name, file.get(name).toFloats(), file.info(name).shape());
    }
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private void put(String name, float[] some, long... shape) {
    tensors.put(name, new Stored(new TensorInfo(name, DType.F32, shape), some));
  }

  private Stored stored(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private CodeHifiganVocoder load() throws IOException {
    return load(Golden.path(NAME + "/model/config.json"));
  }

  private CodeHifiganVocoder load(Path configFile) throws IOException {
    Path file = folder.resolve("model.safetensors");
    List<Entry> entries = new ArrayList<>();
    for (Stored stored : tensors.values()) {
      int[] at = {0};
      entries.add(
          new Entry(
              stored.info(),
              (to, count) -> {
                System.arraycopy(stored.values(), at[0], to, 0, count);
                at[0] += count;
              }));
    }
    SafetensorsWriter.write(file, entries);
    ConfigFile config = ConfigFile.read(configFile);
    return CodeHifiganVocoder.load(config, file, ModelOptions.cpu(Precision.F32));
  }

  private void refused(String message) {
    assertThatThrownBy(this::load)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder.resolve("model.safetensors") + ": ")
        .hasMessageContaining(message);
  }

  /** As after {@code remove_weight_norm}. */
  @Test
  void weightNormMayBeFoldedInTheFile() throws IOException {
    for (Stored direction : List.copyOf(tensors.values())) {
      String name = direction.info().name();
      if (name.endsWith(".weight_v")) {
        String layer = name.substring(0, name.length() - 2);
        float[] weight = folded(direction.values(), stored(layer + "_g").values());
        tensors.remove(name);
        tensors.remove(layer + "_g");
        put(layer, weight, direction.info().shape());
      }
    }
    assertThat(tensors.keySet()).noneMatch(name -> name.endsWith("_g"));
    int[] frames = CodeHifiganVocoderParityTest.frames(NAME);
    try (CodeHifiganVocoder vocoder = load()) {
      float[] wave = VocoderStreams.wave(vocoder, frames);
      Golden.assertClose(wave, Golden.floats(NAME + "/expected/wave"), 1e-4);
    }
  }

  private static float[] folded(float[] direction, float[] length) {
    float[] weight = new float[direction.length];
    int row = direction.length / length.length;
    for (int i = 0; i < length.length; i++) {
      double squares = 0;
      for (int j = i * row; j < (i + 1) * row; j++) {
        squares += (double) direction[j] * direction[j];
      }
      for (int j = i * row; j < (i + 1) * row; j++) {
        weight[j] = (float) (direction[j] * length[i] / Math.sqrt(squares));
      }
    }
    return weight;
  }

  @Test
  void aMissingTensorIsNamed() {
    tensors.remove("resblocks.3.convs2.1.bias");
    refused("missing tensor resblocks.3.convs2.1.bias (expected: shape [12])");
  }

  /** A transposed convolution that is stored as an ordinary one would be. */
  @Test
  void aTransposedTensorIsNamed() {
    long[] shape = stored("ups.0.weight_v").info().shape();
    put("ups.0.weight_v", stored("ups.0.weight_v").values(), shape[1], shape[0], shape[2]);
    refused("ups.0.weight_v: shape [24, 48, 11] (expected: [48, 24, 11])");
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() {
    stored("conv_post.bias").values()[0] = Float.NaN;
    refused("conv_post.bias holds 1 values that are NaN");
  }

  @Test
  void aLayerWhereATableIsExpectedIsRefused() {
    put("dict.bias", new float[24], 24);
    refused("dict.bias (expected: a table of embeddings, one a voice");
  }

  /** A layer of the identity makes the rows of a table of its vectors. */
  @Test
  void voicesMayComeFromVectors() throws IOException {
    String name = "vocoder-multispeaker";
    tensors.clear();
    Checkpoint file = Checkpoint.open(Golden.path(name + "/model/generator.safetensors"));
    for (String each : file.names()) {
      put(each, file.get(each).toFloats(), file.info(each).shape());
    }
    Stored table = stored("spkr.weight");
    int rows = (int) table.info().shape()[0];
    int width = (int) table.info().shape()[1];
    float[] shift = new float[width];
    float[] vectors = table.values().clone();
    for (int i = 0; i < vectors.length; i++) {
      shift[i % width] = 0.25f * (i % width);
      vectors[i] -= shift[i % width];
    }
    NpyWriter.write(folder.resolve("speakers.npy"), vectors, rows, width);
    float[] identity = new float[width * width];
    for (int i = 0; i < width; i++) {
      identity[i * width + i] = 1;
    }
    put("spkr.weight", identity, width, width);
    put("spkr.bias", shift, width);
    String config = Files.readString(Golden.path(name + "/model/config.json"));
    String asked = "\"embedder_params\": {\"a\": 1}, \"embedder_dim\": " + width + ",";
    Files.writeString(folder.resolve("config.json"), config.replaceFirst("\\{", "{" + asked));
    try (CodeHifiganVocoder vocoder = load(folder.resolve("config.json"))) {
      assertThat(vocoder.speakerCount()).isEqualTo(rows);
      float[] wave =
          VocoderStreams.wave(
              vocoder.open(new Rendering(3, 0, Rendering.EXACT)),
              CodeHifiganVocoderParityTest.frames(name));
      Golden.assertClose(wave, Golden.floats(name + "/expected/wave.speaker3"), 1e-4);
    }
    Files.delete(folder.resolve("speakers.npy"));
    Files.delete(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> load(folder.resolve("config.json")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("embedder_params")
        .hasMessageContaining("(expected: speakers.npy beside it, a row of " + width);
  }
}
