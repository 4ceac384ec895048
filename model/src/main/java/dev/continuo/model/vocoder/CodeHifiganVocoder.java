// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Rendering;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.checkpoint.Centroids;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import dev.continuo.model.vocoder.CodeHifiganShape.Block;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CodeHiFiGAN, the vocoder of TWIST and its relatives (network: {@code code_hifigan.py}): one or
 * several voices, with a duration predictor or without.
 *
 * <p>Frames are computed in groups of a fixed place and length, so the samples of an utterance do
 * not depend, to the bit, on how its units were cut. <i>Thread-safe: immutable weights.</i>
 */
public final class CodeHifiganVocoder implements UnitVocoder {
  /** Durations are cut to this; the reference cuts none, but its speech has no such pause. */
  private static final int LONGEST_SECONDS = 10;

  private final CodeHifiganShape shape;
  private final Path folder;
  private final TorchModule module;

  private CodeHifiganVocoder(CodeHifiganShape shape, Path folder, TorchModule module) {
    this.shape = shape;
    this.folder = folder;
    this.module = module;
  }

  /**
   * Checks that a configuration is understood and that the weights have every tensor it asks for.
   * Nothing is read of them, and torch need not run.
   *
   * @throws InputException as {@link #load}
   */
  public static void check(ConfigFile config, Path weightsFile) {
    CodeHifiganShape shape = CodeHifiganShape.read(config);
    new CodeHifiganTensors(shape, open(weightsFile)).check();
  }

  private static Checkpoint open(Path weightsFile) {
    return Checkpoint.open(weightsFile).ignoring("generator.");
  }

  /**
   * Loads a vocoder.
   *
   * @param config the vocoder's configuration
   * @param weightsFile its weights, named as textlesslib and fairseq name them
   * @throws InputException if a file is missing, damaged or of another shape
   */
  public static CodeHifiganVocoder load(ConfigFile config, Path weightsFile, ModelOptions options) {
    CodeHifiganShape shape = CodeHifiganShape.read(config);
    Checkpoint file = open(weightsFile);
    new CodeHifiganTensors(shape, file).check();
    TorchModule module =
        TorchModule.load(
            CodeHifiganVocoder.class,
            "code_hifigan.py",
            "Vocoder",
            attributes(shape),
            options.device());
    try {
      give(new Weights(module, file, options.precision()), module, shape, config);
      return new CodeHifiganVocoder(shape, weightsFile, module);
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  private static Map<String, Object> attributes(CodeHifiganShape s) {
    Map<String, Object> a = new LinkedHashMap<>();
    a.put("training", false);
    a.put("rates", longs(s.rates()));
    a.put("kernels", longs(s.kernels()));
    a.put("block_kernels", longs(s.blocks().stream().map(Block::taps).toList()));
    a.put("depths", longs(s.blocks().stream().map(b -> b.dilations().size()).toList()));
    a.put("dilations", longs(s.blocks().stream().flatMap(b -> b.dilations().stream()).toList()));
    for (String list : List.of("tables", "c", "cb", "vectors", "p", "w", "b")) {
      a.put(list, List.of());
    }
    a.put("q", Map.of());
    return a;
  }

  private static List<Long> longs(List<Integer> values) {
    return values.stream().map(Integer::longValue).toList();
  }

  private static void give(
      Weights weights, TorchModule module, CodeHifiganShape s, ConfigFile config) {
    table(weights, module, "dict", s.units(), s.embeddingWidth());
    // a table that is not there is never looked up
    if (s.vectorWidth() > 0) {
      voices(weights, module, s, config.file().resolveSibling(CodeHifiganShape.VECTORS));
    } else {
      table(weights, module, s.speakers() > 0 ? "spkr" : "dict", s.speakers(), s.embeddingWidth());
    }
    table(weights, module, s.styles() > 0 ? "style" : "dict", s.styles(), s.embeddingWidth());
    int frames = CodeHifiganStream.groupFrames(s);
    int taps = CodeHifiganShape.EDGE_TAPS;
    convolution(weights, module, "conv_pre", 1, frames, s.channels(), s.inputWidth(), taps);
    int rows = frames;
    for (int i = 0; i < s.rates().size(); i++) {
      int width = s.channels(i);
      rows *= s.rates().get(i);
      upsampling(weights, module, i, s);
      for (int j = 0; j < s.blocks().size(); j++) {
        Block block = s.blocks().get(j);
        String name = "resblocks." + (i * s.blocks().size() + j) + ".convs";
        for (int k = 0; k < block.dilations().size(); k++) {
          int dilation = block.dilations().get(k);
          int t = block.taps();
          convolution(weights, module, name + "1." + k, dilation, rows, width, width, t);
          convolution(weights, module, name + "2." + k, 1, rows, width, width, t);
        }
      }
    }
    int last = s.channels(s.rates().size() - 1);
    convolution(weights, module, "conv_post", 1, rows, 1, last, taps);
    if (s.durationWidth() > 0) {
      durations(weights, s);
    }
  }

  private static void table(Weights weights, TorchModule module, String name, int rows, int width) {
    if (rows == 0) {
      try (Tensor none = module.zeros(0, width)) {
        module.callForLong("table", none);
      }
      return;
    }
    try (Tensor x = weights.tensor(name + ".weight", rows, width)) {
      weights.sound(module.callForLong("table", x), name + ".weight");
    }
  }

  /** The embeddings that a linear layer makes of the voices' vectors. */
  private static void voices(
      Weights weights, TorchModule module, CodeHifiganShape s, Path vectorsFile) {
    Centroids vectors = Centroids.read(vectorsFile);
    int rows = vectors.units();
    try (Tensor weight = weights.tensor("spkr.weight", s.embeddingWidth(), s.vectorWidth());
        Tensor bias = weights.tensor("spkr.bias", s.embeddingWidth());
        Tensor given = module.tensor(vectors.values(), rows, s.vectorWidth());
        Tensor voices = module.call("voices", given, weight, bias)) {
      weights.sound(module.callForLong("table", voices), "spkr or " + vectorsFile);
    }
  }

  private static void convolution(
      Weights weights, TorchModule module, String name, int dilation, int rows, long... shape) {
    Tensor[] parts = weights.normed(name, 0, shape);
    try (Tensor bias = weights.tensor(name + ".bias", shape[0])) {
      weights.sound(module.callForLong("convolution", parts, bias, dilation, rows), name);
    } finally {
      List.of(parts).forEach(Tensor::close);
    }
  }

  private static void upsampling(
      Weights weights, TorchModule module, int stage, CodeHifiganShape s) {
    String name = "ups." + stage;
    long outputs = s.channels(stage);
    Tensor[] parts =
        weights.normed(name, 0, s.channels(stage - 1), outputs, s.kernels().get(stage));
    try (Tensor bias = weights.tensor(name + ".bias", outputs)) {
      int rate = s.rates().get(stage);
      int way = weights.way(2 * outputs * outputs * s.kernels().get(stage));
      weights.sound(module.callForLong("upsampling", parts, bias, rate, way), name);
    } finally {
      List.of(parts).forEach(Tensor::close);
    }
  }

  private static void durations(Weights weights, CodeHifiganShape s) {
    String name = "dur_predictor.";
    long width = s.durationWidth();
    long[] first = {s.embeddingWidth(), 3};
    weights.exactLinear(name + "conv1.0", width, first);
    weights.exactLinear(name + "conv2.0", width, width, 3);
    weights.exactLinear(name + "proj", 1, width);
    for (String norm : List.of("ln1.weight", "ln1.bias", "ln2.weight", "ln2.bias")) {
      weights.vector(name + norm, width);
    }
  }

  @Override
  public int sampleRateHz() {
    return shape.sampleRateHz();
  }

  @Override
  public int unitCount() {
    return shape.units();
  }

  @Override
  public int samplesPerFrame() {
    return shape.samplesPerFrame();
  }

  @Override
  public int speakerCount() {
    return Math.max(1, shape.speakers());
  }

  @Override
  public int styleCount() {
    return Math.max(1, shape.styles());
  }

  @Override
  public boolean takesLookAhead() {
    return true;
  }

  @Override
  public Stream open() {
    return open(Rendering.first());
  }

  @Override
  public Stream open(Rendering rendering) {
    return open(rendering, CodeHifiganStream.groupFrames(shape));
  }

  /** As {@link #open(Rendering)}, with so many frames computed at once. */
  Stream open(Rendering rendering, int groupFrames) {
    check("speaker", rendering.speaker(), speakerCount());
    check("style", rendering.style(), styleCount());
    return new CodeHifiganStream(module, shape, rendering, groupFrames);
  }

  private static void check(String what, int value, int count) {
    if (value >= count) {
      String expected = count == 1 ? "0, the vocoder has one" : "0 to " + (count - 1);
      throw new InputException(what + ": " + value + " (expected: " + expected + ")");
    }
  }

  @Override
  public boolean predictsDurations() {
    return shape.durationWidth() > 0;
  }

  @Override
  public Durations openDurations() {
    if (!predictsDurations()) {
      throw new InputException(
          folder + ": no duration predictor (expected: one, or units with durations)");
    }
    int longest = LONGEST_SECONDS * shape.sampleRateHz() / shape.samplesPerFrame();
    return new PredictedDurations(module, shape.units(), longest);
  }

  TorchModule module() {
    return module;
  }

  CodeHifiganShape shape() {
    return shape;
  }

  @Override
  public void close() {
    module.close();
  }
}
