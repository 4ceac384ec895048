// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.Quantizer;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A loaded HuBERT up to its output layer, with its quantizer (script: {@code hubert.py}).
 *
 * <p><i>Thread-safe: immutable weights.</i>
 */
final class HubertNetwork implements AutoCloseable {
  /** Milliseconds of audio whose convolutions are computed at once: what the cache can hold. */
  private static final int BLOCK_MILLIS = 640;

  private final HubertShape shape;
  private final TorchModule module;
  private final float[] firstWeight; // (channels, taps)
  private final float[] firstNormWeight;
  private final float[] firstNormBias;
  private final Quantizer quantizer;
  private final Calibration calibration;

  private HubertNetwork(
      HubertShape shape,
      TorchModule module,
      float[][] first,
      Quantizer quantizer,
      Calibration calibration) {
    this.calibration = calibration;
    this.shape = shape;
    this.module = module;
    this.firstWeight = first[0];
    this.firstNormWeight = first[1];
    this.firstNormBias = first[2];
    this.quantizer = quantizer;
  }

  /**
   * Loads what the output layer needs.
   *
   * @param layer number of blocks to run, in [1, shape.layers()]
   * @throws InputException if a tensor is missing, of another shape or not finite
   */
  static HubertNetwork load(
      HubertShape shape,
      Checkpoint weights,
      Path kmeans,
      int layer,
      ModelOptions options,
      Calibration calibration) {
    Checkpoint file = named(weights);
    Quantizer quantizer = check(shape, weights, kmeans, layer);
    HubertNames names = HubertNames.of(file, shape);
    boolean last = shape.stable() && !names.fairseq() && layer == shape.layers();
    TorchModule module =
        TorchModule.load(
            HubertNetwork.class,
            "hubert.py",
            "Hubert",
            attributes(shape, layer, last),
            options.device());
    try {
      HubertWeights given =
          new HubertWeights(shape, names, module, new Weights(module, file, options.precision()));
      float[][] first = given.giveAll(layer);
      given.quantizer(quantizer, kmeans);
      return new HubertNetwork(shape, module, first, quantizer, calibration);
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  /**
   * Checks what can be checked without reading the weights.
   *
   * @return the quantizer
   */
  static Quantizer check(HubertShape shape, Checkpoint weights, Path kmeans, int layer) {
    Checkpoint file = named(weights);
    new HubertTensors(shape, HubertNames.of(file, shape), file).check(layer);
    Quantizer quantizer = Quantizer.read(kmeans);
    if (quantizer.width() != shape.width()) {
      throw new InputException(
          "%s: %d values a unit (expected: %d, the encoder's hidden_size)"
              .formatted(kmeans, quantizer.width(), shape.width()));
    }
    return quantizer;
  }

  private static Checkpoint named(Checkpoint weights) {
    return weights.ignoring("model.", "model_weight.", "hubert.");
  }

  private static Map<String, Object> attributes(HubertShape s, int layer, boolean last) {
    Map<String, Object> a = new LinkedHashMap<>();
    a.put("training", false);
    a.put("layers", (long) layer);
    a.put("heads", (long) s.heads());
    a.put("stable", s.stable());
    a.put("last", last);
    a.put("layer_norms", s.layerNorms());
    a.put("project_norm", s.projectNorm());
    a.put("eps", s.eps());
    a.put("kernels", s.kernels().stream().map(Integer::longValue).toList());
    a.put("strides", s.strides().stream().map(Integer::longValue).toList());
    a.put("pos_taps", (long) s.posTaps());
    a.put("pos_groups", (long) s.posGroups());
    for (String list : List.of("first", "c", "cb", "conv_norms", "norms", "p", "w", "b")) {
      a.put(list, List.of());
    }
    a.put("q", Map.of());
    return a;
  }

  HubertShape shape() {
    return shape;
  }

  int unitCount() {
    return quantizer.units();
  }

  TorchModule module() {
    return module;
  }

  /**
   * What the norms over time come to with the statistics of some audio.
   *
   * @return scale and shift: of each channel of the first convolution, or of the samples
   */
  float[][] affine(AudioMoments moments) {
    double inputScale =
        shape.normaliseEps() > 0
            ? 1 / Math.sqrt(moments.sampleVariance() + shape.normaliseEps())
            : 1;
    if (shape.layerNorms()) {
      double mean = shape.normaliseEps() > 0 ? moments.sampleMean() : 0;
      return new float[][] {{(float) inputScale}, {(float) (-mean * inputScale)}};
    }
    return moments.groupNorm(firstWeight, firstNormWeight, firstNormBias, inputScale);
  }

  /**
   * The same with the statistics of the recording of speech chosen beforehand.
   *
   * @throws InputException if it cannot be read
   */
  float[][] calibrated() {
    return affine(calibration.moments(shape.kernels().get(0), shape.strides().get(0)));
  }

  /**
   * Features of a stretch of audio, whose first sample is the first that its first frame sees.
   *
   * @param frames number of frames, at least 1; computed in blocks
   * @param affine see {@link #affine}
   * @return (frames, channels); owned by the caller
   */
  float[] features(float[] audio, int offset, int frames, float[][] affine) {
    int channels = shape.channels().get(shape.channels().size() - 1);
    int block = blockFrames();
    float[] all = new float[frames * channels];
    try (Tensor scale = module.tensor(affine[0], affine[0].length);
        Tensor shift = module.tensor(affine[1], affine[1].length)) {
      for (int at = 0; at < frames; at += block) {
        int n = Math.min(block, frames - at);
        int from = offset + at * shape.hop();
        float[] some = Arrays.copyOfRange(audio, from, from + shape.samples(n));
        try (Tensor samples = module.tensor(some, some.length);
            Tensor part = module.call("features", samples, scale, shift)) {
          System.arraycopy(part.toFloats(), 0, all, at * channels, n * channels);
        }
      }
    }
    return all;
  }

  private int blockFrames() {
    return Math.max(1, BLOCK_MILLIS * HubertShape.SAMPLE_RATE_HZ / 1000 / shape.hop());
  }

  /**
   * Units of {@code count} of the frames that features are given of, {@code first} the first.
   *
   * @param features (frames, channels)
   * @param before unit of the frame before the first, for a quantizer that says "the same"; -1
   *     where there is none: then, as the reference has it, the last frame's
   */
  int[] units(float[] features, int first, int count, int before) {
    int[] units = classes(features, first, count);
    return quantizer.classifies() ? resolved(units, before) : units;
  }

  /** Puts the unit before in the place of the class that is no unit. */
  int[] resolved(int[] units, int before) {
    int same = quantizer.units();
    int last = before;
    for (int i = units.length - 1; i >= 0 && last < 0; i--) {
      last = units[i] == same ? -1 : units[i];
    }
    for (int i = 0; i < units.length; i++) {
      last = units[i] == same ? Math.max(0, last) : units[i];
      units[i] = last;
    }
    return units;
  }

  private int[] classes(float[] features, int first, int count) {
    int channels = shape.channels().get(shape.channels().size() - 1);
    try (Tensor x = module.tensor(features, features.length / channels, channels);
        Tensor units = module.call("units", x, first, count)) {
      return Arrays.stream(units.toLongs()).mapToInt(Math::toIntExact).toArray();
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
