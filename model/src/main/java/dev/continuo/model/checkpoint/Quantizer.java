// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What turns an encoder's features into units: centroids of k-means, or the layers of a classifier
 * whose last class stands for the unit before it (SpiritLM's linear quantizer, quantizer_model.py).
 * <i>Immutable.</i>
 *
 * @param units number of units, at least 1
 * @param width of a feature, at least 1
 * @param layers centroids as one layer without bias, or those of the classifier
 * @param classifies whether it is a classifier
 */
public record Quantizer(int units, int width, List<Layer> layers, boolean classifies) {
  private static final String[] CLASSIFIER = {"0", "2", "4"};

  /** Copies the list. */
  public Quantizer {
    layers = List.copyOf(layers);
  }

  /**
   * A matrix with its bias.
   *
   * @param outputs rows of the matrix
   * @param inputs columns of the matrix
   * @param weight (outputs, inputs), row by row; not to be changed
   * @param bias (outputs), or empty; not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, by the network
  public record Layer(int outputs, int inputs, float[] weight, float[] bias) {}

  /**
   * Reads a quantizer: centroids as {@link Centroids#read} takes them, or a classifier of three
   * layers in a file of {@code torch.save} or safetensors.
   *
   * @throws InputException if it is neither, damaged, or of shapes that do not fit together
   */
  public static Quantizer read(Path path) {
    if (path.toString().endsWith(".npy") || !holdsTensors(path)) {
      return of(Centroids.read(path));
    }
    Checkpoint file = CheckpointFolder.single(path).ignoring("model_weight.", "encoder.");
    if (!file.has(CLASSIFIER[0] + ".weight") || !file.has(CLASSIFIER[1] + ".weight")) {
      return of(Centroids.read(path));
    }
    List<Layer> layers = new ArrayList<>();
    for (String name : CLASSIFIER) {
      TensorInfo info = file.info(name + ".weight");
      long[] shape = info.shape();
      int inputs = layers.isEmpty() ? 0 : layers.get(layers.size() - 1).outputs;
      if (shape.length != 2 || shape[0] < 1 || (inputs > 0 && shape[1] != inputs)) {
        throw new InputException(
            "%s: %s: shape %s (expected: [outputs, %s])"
                .formatted(
                    path, info.name(), Arrays.toString(shape), inputs == 0 ? "width" : inputs));
      }
      float[] bias = file.get(name + ".bias", shape[0]).toFloats();
      layers.add(
          new Layer((int) shape[0], (int) shape[1], file.get(name + ".weight").toFloats(), bias));
    }
    int classes = layers.get(layers.size() - 1).outputs;
    if (classes < 2) {
      throw new InputException(path + ": " + classes + " classes (expected: units and one more)");
    }
    return new Quantizer(classes - 1, layers.get(0).inputs, layers, true);
  }

  private static boolean holdsTensors(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return path.toString().endsWith(".safetensors") || TorchFile.isZip(file);
    }
  }

  private static Quantizer of(Centroids c) {
    Layer rows = new Layer(c.units(), c.width(), c.values(), new float[0]);
    return new Quantizer(c.units(), c.width(), List.of(rows), false);
  }
}
