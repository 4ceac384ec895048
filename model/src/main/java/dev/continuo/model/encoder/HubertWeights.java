// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Quantizer;
import dev.continuo.model.checkpoint.Quantizer.Layer;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.Weights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Hands a HuBERT's weights over to its script, in the order that it wants them.
 *
 * <p><i>Serialised by the caller.</i>
 */
record HubertWeights(HubertShape shape, HubertNames names, TorchModule module, Weights weights) {
  private static final List<String> QKV = List.of("q", "k", "v");
  private static final int TYPICAL_FRAMES = 32;

  /**
   * Everything but the quantizer.
   *
   * @return weight of the first convolution, (channels, taps), then weight and bias of its norm
   */
  float[][] giveAll(int layers) {
    float[][] first = convolutions();
    embedding();
    for (int i = 0; i < layers; i++) {
      block(i);
    }
    return first;
  }

  private float[][] convolutions() {
    int channels = shape.channels().get(0);
    int taps = shape.kernels().get(0);
    String name = names.convolution(0);
    float[][] first = new float[3][];
    try (Tensor weight = weights.tensor(name + ".weight", channels, 1, taps);
        Tensor bias = bias(name, channels)) {
      weights.sound(module.callForLong("first_convolution", weight, bias), name);
      try (Tensor copy = module.call("float32", weight)) {
        first[0] = copy.toFloats();
      }
    }
    first[1] = convolutionNorm(0, ".weight", channels);
    first[2] = convolutionNorm(0, ".bias", channels);
    for (int i = 1; i < shape.kernels().size(); i++) {
      int outputs = shape.channels().get(i);
      convolution(i, outputs, shape.channels().get(i - 1));
      if (shape.layerNorms()) {
        convolutionNorm(i, ".weight", outputs);
        convolutionNorm(i, ".bias", outputs);
      }
    }
    return first;
  }

  private Tensor bias(String name, int channels) {
    return shape.convBias() ? weights.tensor(name + ".bias", channels) : module.zeros(channels);
  }

  private void convolution(int i, int outputs, int inputs) {
    String name = names.convolution(i);
    int rows = TYPICAL_FRAMES;
    for (int j = i + 1; j < shape.strides().size(); j++) {
      rows *= shape.strides().get(j);
    }
    try (Tensor weight = weights.tensor(name + ".weight", outputs, inputs, shape.kernels().get(i));
        Tensor bias = bias(name, outputs)) {
      int stride = shape.strides().get(i);
      Tensor[] biases = {bias};
      weights.sound(module.callForLong("convolution", weight, biases, stride, rows), name);
    }
  }

  private float[] convolutionNorm(int i, String part, int channels) {
    String name = names.convolutionNorm(i) + part;
    try (Tensor x = weights.tensor(name, channels);
        Tensor copy = module.call("float32", x)) {
      weights.sound(module.callForLong("conv_norm", x), name);
      return copy.toFloats();
    }
  }

  private void embedding() {
    int channels = shape.channels().get(shape.channels().size() - 1);
    int width = shape.width();
    if (shape.projectNorm()) {
      norm(names.projectionNorm(), channels);
    } else {
      nothing(channels);
    }
    weights.linear(names.projection(), width, channels);
    positional();
    norm(names.encoderNorm(), width);
  }

  /** Scale and shift that change nothing. */
  private void nothing(int channels) {
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    try (Tensor scale = module.tensor(ones, channels);
        Tensor shift = module.zeros(channels)) {
      module.callForLong("vector", scale);
      module.callForLong("vector", shift);
    }
  }

  private void positional() {
    int width = shape.width();
    if (shape.posBatchNorm()) {
      String name = names.positionalNorm();
      try (Tensor weight = weights.tensor(name + ".weight", width);
          Tensor bias = weights.tensor(name + ".bias", width);
          Tensor mean = weights.tensor(name + ".running_mean", width);
          Tensor variance = weights.tensor(name + ".running_var", width)) {
        weights.sound(module.callForLong("batch_norm", weight, bias, mean, variance), name);
      }
    } else {
      nothing(width);
    }
    String name = names.positional();
    int inputs = width / shape.posGroups();
    Tensor[] parts = weights.normed(name, 2, width, inputs, shape.posTaps());
    try (Tensor bias = weights.tensor(name + ".bias", width)) {
      int rows = 4 * TYPICAL_FRAMES;
      weights.sound(module.callForLong("positional", parts, bias, rows), name);
    } finally {
      List.of(parts).forEach(Tensor::close);
    }
  }

  private void block(int i) {
    long width = shape.width();
    String[] qkv = QKV.stream().map(part -> names.attention(i, part)).toArray(String[]::new);
    int way = weights.way(3L * width * width);
    weights.linear(way, true, new long[] {width}, qkv, width, width, width);
    weights.linear(names.attention(i, "out"), width, width);
    weights.linear(names.inner(i), shape.inner(), width);
    weights.linear(names.outer(i), width, shape.inner());
    norm(names.attentionNorm(i), width);
    norm(names.blockNorm(i), width);
  }

  private void norm(String name, long width) {
    weights.vector(name + ".weight", width);
    weights.vector(name + ".bias", width);
  }

  /** Centroids, or the layers of a classifier; all stay float32. */
  void quantizer(Quantizer quantizer, Path file) {
    int way = weights.exactWay();
    for (Layer layer : quantizer.layers()) {
      int outputs = layer.outputs();
      try (Tensor rows = module.tensor(layer.weight(), outputs, layer.inputs());
          Tensor bias = module.tensor(layer.bias(), layer.bias().length)) {
        long unsound =
            quantizer.classifies()
                ? module.callForLong("linear", new Tensor[] {rows}, new Tensor[] {bias}, way)
                : module.callForLong("centroids", rows, way);
        if (unsound > 0) {
          throw new InputException(file + ": NaN or infinite (expected: finite values)");
        }
      }
    }
  }
}
