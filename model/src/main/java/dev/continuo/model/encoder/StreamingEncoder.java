// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Outcome;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.checkpoint.Centroids;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bundle's own encoder: log-mels, two strided convolutions, chunk-causal attention and k-means,
 * exact however audio arrives (network: {@code streaming_encoder.py}).
 *
 * <p>Audio is computed in chunks of a fixed place and length, so the units of a recording do not
 * depend, to the bit, on how it was cut. <i>Thread-safe: immutable weights.</i>
 */
public final class StreamingEncoder implements SpeechEncoder {
  /**
   * Beyond it a common step costs as much a stream, and more have to wait for it (decision 014).
   */
  private static final int MOST_TOGETHER = 8;

  private final EncoderShape shape;
  private final TorchModule module;
  private final int unitCount;
  private final boolean rowsAreIndependent;

  private StreamingEncoder(
      EncoderShape shape, TorchModule module, int unitCount, boolean rowsAreIndependent) {
    this.rowsAreIndependent = rowsAreIndependent;
    this.shape = shape;
    this.module = module;
    this.unitCount = unitCount;
  }

  /**
   * Loads an encoder.
   *
   * @param folder holds {@code config.json} and weights, see {@link Checkpoint#open}
   * @param kmeans a file of centroids, see {@link Centroids#read}
   * @throws dev.continuo.model.InputException if a file is missing, damaged or of another shape
   */
  public static StreamingEncoder load(Path folder, Path kmeans, ModelOptions options) {
    EncoderShape shape = EncoderShape.read(ConfigFile.read(folder.resolve("config.json")));
    Centroids centroids = Centroids.read(kmeans);
    shape.checkCentroids(kmeans, centroids);
    Checkpoint file = Checkpoint.open(folder);
    TorchModule module =
        TorchModule.load(
            StreamingEncoder.class,
            "streaming_encoder.py",
            "Encoder",
            attributes(shape),
            options.device());
    try {
      Weights weights = new Weights(module, file, options.precision());
      give(weights, module, shape, kmeans, centroids);
      return new StreamingEncoder(shape, module, centroids.units(), weights.rowsAreIndependent());
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  private static Map<String, Object> attributes(EncoderShape s) {
    Map<String, Object> a = new LinkedHashMap<>();
    a.put("training", false);
    a.put("layers", (long) s.layers());
    a.put("heads", (long) s.heads());
    a.put("chunk", (long) s.chunkFrames());
    a.put("slots", (long) s.leftChunks() + 1);
    a.put("hop", (long) s.hop());
    a.put("theta", s.theta());
    a.put("eps", s.eps());
    for (String list : List.of("window", "frequencies", "vectors", "p", "w", "b")) {
      a.put(list, List.of());
    }
    a.put("q", Map.of());
    return a;
  }

  private static void give(
      Weights weights, TorchModule module, EncoderShape s, Path kmeans, Centroids centroids) {
    int bins = s.window() / 2 + 1;
    try (Tensor window = weights.tensor("window", s.window());
        Tensor mels = weights.tensor("mel_filters", s.mels(), bins);
        Tensor rows = module.tensor(centroids.values(), centroids.units(), centroids.width())) {
      weights.sound(
          module.callForLong("front", window, mels, rows, weights.exactWay()),
          "window, mel_filters or " + kmeans);
    }
    weights.linear("conv1", s.width(), s.mels(), 3);
    weights.linear("conv2", s.width(), s.width(), 3);
    for (int i = 0; i < s.layers(); i++) {
      String p = "layers." + i + ".";
      weights.linear(p + "qkv", 3L * s.width(), s.width());
      weights.linear(p + "out", s.width(), s.width());
      weights.linear(p + "fc1", s.inner(), s.width());
      weights.linear(p + "fc2", s.width(), s.inner());
      for (String norm : List.of("n1.weight", "n1.bias", "n2.weight", "n2.bias")) {
        weights.vector(p + norm, s.width());
      }
    }
  }

  @Override
  public int sampleRateHz() {
    return shape.sampleRateHz();
  }

  @Override
  public int unitCount() {
    return unitCount;
  }

  @Override
  public double unitRateHz() {
    return (double) shape.sampleRateHz() / shape.samplesPerFrame();
  }

  @Override
  public int minimumSamples() {
    return shape.windowStart() + shape.samplesPerFrame();
  }

  @Override
  public Stream open() {
    return openStream();
  }

  @Override
  public List<Outcome<Units>> step(List<Step> steps) {
    List<EncoderTurn> turns = steps.stream().map(EncoderTurn::of).toList();
    EncoderTurn.run(module, "units", turns, rowsAreIndependent);
    return turns.stream().map(EncoderTurn::units).toList();
  }

  @Override
  public int mostTogether() {
    return rowsAreIndependent ? MOST_TOGETHER : 1;
  }

  StreamingEncoderStream openStream() {
    return new StreamingEncoderStream(module, shape, rowsAreIndependent);
  }

  TorchModule module() {
    return module;
  }

  EncoderShape shape() {
    return shape;
  }

  @Override
  public void close() {
    module.close();
  }
}
