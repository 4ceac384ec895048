// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a family's script takes from a checkpoint, one after the other. <i>Immutable.</i> */
sealed interface Layer {

  /** Number of parameters. */
  long parameters();

  /** Number of those that stand in a matrix. */
  long matrixWeights();

  /** Names and shapes of its tensors in a checkpoint. */
  Map<String, long[]> tensors();

  /**
   * A linear layer of blocks of rows: {@code NAME.weight}, (rows, inputs), and {@code NAME.bias}.
   *
   * @param bias whether there are biases
   * @param inputs width of a row
   * @param names of the blocks
   * @param rows of each block
   */
  @SuppressWarnings("ArrayRecordComponent") // made once a load, read and dropped
  record Linear(boolean bias, long inputs, List<String> names, long... rows) implements Layer {
    static Linear of(boolean bias, String name, long rows, long inputs) {
      return new Linear(bias, inputs, List.of(name), rows);
    }

    @Override
    public long parameters() {
      return matrixWeights() + (bias ? Arrays.stream(rows).sum() : 0);
    }

    @Override
    public long matrixWeights() {
      return Arrays.stream(rows).sum() * inputs;
    }

    @Override
    public Map<String, long[]> tensors() {
      Map<String, long[]> tensors = new LinkedHashMap<>();
      for (int i = 0; i < rows.length; i++) {
        tensors.put(names.get(i) + ".weight", new long[] {rows[i], inputs});
        if (bias) {
          tensors.put(names.get(i) + ".bias", new long[] {rows[i]});
        }
      }
      return tensors;
    }
  }

  /**
   * Query, key and value of each head side by side: (heads, 3, head, inputs).
   *
   * @param bias whether there is one
   * @param name of the layer
   */
  record ByHeads(boolean bias, String name, int heads, int head, long inputs) implements Layer {
    /** Number of rows. */
    long rows() {
      return 3L * heads * head;
    }

    @Override
    public long parameters() {
      return matrixWeights() + (bias ? rows() : 0);
    }

    @Override
    public long matrixWeights() {
      return rows() * inputs;
    }

    @Override
    public Map<String, long[]> tensors() {
      return new Linear(bias, inputs, List.of(name), rows()).tensors();
    }
  }

  /** A vector, or a table that is read row by row. */
  @SuppressWarnings("ArrayRecordComponent") // made once a load, read and dropped
  record Vector(String name, long... shape) implements Layer {
    @Override
    public long parameters() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    @Override
    public long matrixWeights() {
      return 0;
    }

    @Override
    public Map<String, long[]> tensors() {
      return Map.of(name, shape);
    }
  }

  /** Weight and bias of a LayerNorm. */
  static List<Layer> norm(String name, long width) {
    return List.of(new Vector(name + ".weight", width), new Vector(name + ".bias", width));
  }
}
