// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A network of random weights: its configuration and its tensors, which are drawn when it is
 * written. Deviations keep activations of about one, so that all of a network has its say.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class RandomNetwork {
  /** Deviation of biases: small, and not zero. */
  private static final double BIAS = 0.02;

  private final ObjectNode config = JsonNodeFactory.instance.objectNode();
  private final List<RandomTensor> tensors = new ArrayList<>();
  private final DType matrices;

  /** A network without tensors yet, whose matrices are of a type and whose vectors are F32. */
  RandomNetwork(DType matrices) {
    this.matrices = matrices;
  }

  /** Its {@code config.json}, to be filled. */
  ObjectNode config() {
    return config;
  }

  void add(RandomTensor tensor) {
    tensors.add(tensor);
  }

  /**
   * Adds a matrix or a convolution.
   *
   * @param gain times what keeps the size of a row's inputs
   */
  void matrix(String name, double gain, long... shape) {
    int inputs = 1;
    for (int i = 1; i < shape.length; i++) {
      inputs *= (int) shape[i];
    }
    double deviation = gain / Math.sqrt((double) inputs);
    tensors.add(RandomTensor.around(name, matrices, deviation, shape).balanced(inputs));
  }

  /** Adds a linear layer with its bias. */
  void linear(String name, double gain, long outputs, long inputs) {
    matrix(name + ".weight", gain, outputs, inputs);
    bias(name, outputs);
  }

  void bias(String name, long outputs) {
    tensors.add(RandomTensor.around(name + ".bias", DType.F32, BIAS, outputs));
  }

  /** Adds a layer norm. */
  void norm(String name, long width) {
    scale(name, width);
    bias(name, width);
  }

  /** Adds the weight of a norm without bias. */
  void scale(String name, long width) {
    tensors.add(RandomTensor.constant(name + ".weight", DType.F32, 1, width));
  }

  /** A table whose rows are multiplied with something of about one: logits get this deviation. */
  void table(String name, double deviation, long rows, long width) {
    double each = deviation / Math.sqrt((double) width);
    tensors.add(RandomTensor.around(name, matrices, each, rows, width));
  }

  /** The same network with a prefix before each tensor's name. */
  RandomNetwork prefixed(String prefix) {
    tensors.replaceAll(tensor -> tensor.named(prefix + tensor.info().name()));
    return this;
  }

  /** Number of weights in tensors whose names are wanted. */
  long parameters(Predicate<String> wanted) {
    return tensors.stream()
        .filter(tensor -> wanted.test(tensor.info().name()))
        .mapToLong(tensor -> tensor.info().elements())
        .sum();
  }

  /** Writes {@code config.json} and {@code model.safetensors} into a new folder. */
  void write(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config.toPrettyString() + "\n");
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"),
        tensors.stream().map(tensor -> tensor.entry(seed)).toList());
  }
}
