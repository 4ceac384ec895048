// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The named tensors of a network, whatever files they lie in.
 *
 * <p>Everything but the values themselves is checked when a checkpoint is opened. Files are held by
 * their mappings alone, so there is nothing to close; they must not be truncated while tensors of
 * them are in use. <i>Immutable.</i>
 */
public interface Checkpoint {

  /**
   * Opens the checkpoint that a folder holds: {@code model.safetensors}, else its shards by {@code
   * model.safetensors.index.json}, else {@code pytorch_model.bin}, else its shards, else the one
   * file that ends in {@code .safetensors}, else in {@code .pt} or {@code .pth}. A file is opened
   * as it is.
   *
   * @throws InputException if there is none, or it breaks a rule of its format
   */
  static Checkpoint open(Path folder) {
    return CheckpointFolder.open(CheckpointFolder.find(folder));
  }

  /** The file that a message names: the one file, or the index of the shards. */
  Path path();

  /** All files: the one, or the index and the shards it names. */
  default List<Path> files() {
    return List.of(path());
  }

  /** Names of all tensors. */
  Set<String> names();

  /** Whether there is a tensor of this name. */
  default boolean has(String name) {
    return names().contains(name);
  }

  /**
   * Type and shape of the tensor of this name.
   *
   * @throws InputException if there is none
   */
  TensorInfo info(String name);

  /**
   * The tensor of this name, whatever its shape. It is mapped, or copied where its elements do not
   * lie in order.
   *
   * @throws InputException if there is none, or it has more than 2^31 - 1 bytes
   */
  TensorData get(String name);

  /**
   * The tensor of this name, whose shape must be the given one.
   *
   * @throws InputException if there is none, or its shape is another
   */
  default TensorData get(String name, long... expectedShape) {
    require(name, expectedShape);
    return get(name);
  }

  /**
   * Checks that there is a tensor of this name and shape.
   *
   * @throws InputException if there is none, or its shape is another
   */
  default TensorInfo require(String name, long... expectedShape) {
    String expected = Arrays.toString(expectedShape);
    if (!has(name)) {
      String missing = ": missing tensor " + Quoted.plain(name);
      throw new InputException(path() + missing + " (expected: shape " + expected + ")");
    }
    TensorInfo info = info(name);
    if (!Arrays.equals(info.shape(), expectedShape)) {
      String shape = Arrays.toString(info.shape());
      String key = ": " + Quoted.plain(info.name()) + ": shape ";
      throw new InputException(path() + key + shape + " (expected: " + expected + ")");
    }
    return info;
  }

  /**
   * Checks that there is a tensor of this name and shape that holds numbers with a fraction.
   *
   * @throws InputException if there is none, or its shape or type is another
   */
  default void requireFloats(String name, long... expectedShape) {
    TensorInfo info = require(name, expectedShape);
    if (!info.dtype().isFloating()) {
      throw new InputException(
          path() + ": " + info.describe() + " (expected: BF16, F16, F32 or F64)");
    }
  }

  /**
   * The same for a layer's weight and bias.
   *
   * @param expectedShape of the weight; the bias has its first dimension
   */
  default void requireLayer(String name, long... expectedShape) {
    requireFloats(name + ".weight", expectedShape);
    requireFloats(name + ".bias", expectedShape[0]);
  }

  /**
   * The same for a weight that may be in one piece or as direction and length (weight norm, under
   * its old or its new name).
   *
   * @param dim dimension that has a length for each of its indices
   */
  default void requireNormed(String name, int dim, long... expectedShape) {
    if (has(name + ".weight")) {
      requireFloats(name + ".weight", expectedShape);
      return;
    }
    String parametrized = name + ".parametrizations.weight.original";
    boolean renamed = has(parametrized + "1");
    long[] lengths = new long[expectedShape.length];
    Arrays.fill(lengths, 1);
    lengths[dim] = expectedShape[dim];
    requireFloats(renamed ? parametrized + "1" : name + ".weight_v", expectedShape);
    requireFloats(renamed ? parametrized + "0" : name + ".weight_g", lengths);
  }

  /** Bytes the tensors take in their files: memory that several share counts once. */
  default long storedBytes() {
    return names().stream().mapToLong(name -> info(name).bytes()).sum();
  }

  /**
   * The same tensors, found with and without prefixes that writers add or leave out: with {@code
   * "lm.", "model."} the name {@code model.norm.weight} also finds {@code norm.weight}, {@code
   * lm.model.norm.weight} and {@code lm.norm.weight}. An exact name comes first.
   */
  default Checkpoint ignoring(String... prefixes) {
    return new PrefixedCheckpoint(this, List.of(prefixes));
  }

  /** The fault of a tensor that a file lacks. */
  static InputException missing(Path file, String name) {
    return new InputException(
        file + ": missing tensor " + Quoted.plain(name) + " (expected: a tensor of this name)");
  }
}
