// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import ai.djl.ndarray.types.DataType;
import dev.continuo.model.InputException;
import dev.continuo.model.Precision;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.TensorData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Hands the tensors of a checkpoint over to a module, one layer at a time: each is read from the
 * mapped file, packed by the script and let go of, so that no second copy of the whole exists.
 *
 * <p>Every method names the shape it expects; a missing or transposed tensor, or one with a value
 * that is not finite, is refused by name. <i>Serialised by the caller.</i>
 */
public final class Weights {
  private static final int FLOAT = 0;
  private static final int HALF = 1;
  private static final int FLOAT_BY_HALVES = 2;
  private static final int PLAIN_HALF = -1;
  private static final int PLAIN_BFLOAT16 = -2;

  /**
   * Smaller matrices stay float16 under int8: scaling their activations costs what reading them
   * saves, and attention's output is among them, which gains most (docs/benchmarks/decode.md).
   */
  private static final long SMALLEST_INT8 = 350_000;

  private final TorchModule module;
  private final Checkpoint file;
  private final Precision precision;
  private final boolean half;
  private final boolean plain;
  private boolean residual;

  /**
   * Weights of {@code file} for {@code module}.
   *
   * @param precision F32, FP16 or INT8; F32 and FP16 are the same for matrices that the file stores
   *     as float16
   * @throws InputException if it is another, or there are no kernels for it where the module
   *     computes
   */
  public Weights(TorchModule module, Checkpoint file, Precision precision) {
    this(module, file, precision, false);
  }

  /**
   * Weights of {@code file} for {@code module}.
   *
   * @param plain whether matrices and what is multiplied with them are kept as they are in F32,
   *     FP16 or BF16, as GPUs take them, instead of packed for a CPU
   * @throws InputException if it is another precision
   */
  public Weights(TorchModule module, Checkpoint file, Precision precision, boolean plain) {
    this.module = module;
    this.file = file;
    this.plain = plain;
    if (plain && precision == Precision.INT8) {
      throw new InputException("--precision: int8 (expected: f32, fp16 or bf16 on a GPU)");
    }
    boolean int8 = !plain && TorchRuntime.hasInt8(module);
    if (!plain && (precision == Precision.BF16 || (precision == Precision.INT8 && !int8))) {
      throw new InputException(
          "--precision: %s (expected: %s here)"
              .formatted(
                  precision.name().toLowerCase(Locale.ROOT),
                  int8 ? "f32, fp16 or int8" : "f32 or fp16"));
    }
    this.half = !plain && TorchRuntime.hasHalfPrecision(module);
    this.precision = precision;
  }

  /**
   * How the script packs a matrix ({@code linear.py}): 0 float32, 1 float16, 2 float32 by float16
   * kernels, more: int8.
   *
   * @param elements its number of weights
   */
  public int way(long elements) {
    if (isInt8(elements)) {
      return TorchRuntime.int8Steps();
    }
    return precision != Precision.F32 && half ? HALF : exactWay();
  }

  private boolean isInt8(long elements) {
    return precision == Precision.INT8 && elements >= SMALLEST_INT8;
  }

  /**
   * How the script packs a matrix whose rounding to float16 weighs most: float32, unless it is
   * int8.
   *
   * @param elements its number of weights
   */
  public int sensitiveWay(long elements) {
    return isInt8(elements) ? TorchRuntime.int8Steps() : exactWay();
  }

  /** How the script packs matrices that stay float32 whatever the precision, unless plain. */
  public int exactWay() {
    if (plain && precision != Precision.F32) {
      return precision == Precision.FP16 ? PLAIN_HALF : PLAIN_BFLOAT16;
    }
    return half ? FLOAT_BY_HALVES : FLOAT;
  }

  /**
   * Bytes that are read of a matrix, once all are given.
   *
   * @param elements its number of weights
   * @param way how it is packed
   */
  public long bytes(long elements, int way) {
    boolean two = way < 0 || way == HALF || (way == FLOAT_BY_HALVES && !residual);
    return elements * (way > FLOAT_BY_HALVES ? Byte.BYTES : two ? Short.BYTES : Float.BYTES);
  }

  /** Whether a row's result is the same to the bit with any number of other rows. */
  public boolean rowsAreIndependent() {
    return half;
  }

  /**
   * Adds a linear layer (or a convolution, flattened to one) whose rows are those of {@code names}
   * one after the other: {@code NAME.weight}, and {@code NAME.bias} where {@code bias}.
   *
   * @param way how it is packed
   * @param inputs shape of one row
   * @param names prefix of each block of rows
   * @param rows number of rows of each
   */
  public void linear(int way, boolean bias, long[] inputs, String[] names, long... rows) {
    residual |= Arrays.stream(names).anyMatch(n -> file.info(n + ".weight").dtype() != DType.F16);
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> biases = new ArrayList<>();
    try {
      for (int i = 0; i < names.length; i++) {
        long[] shape = new long[inputs.length + 1];
        shape[0] = rows[i];
        System.arraycopy(inputs, 0, shape, 1, inputs.length);
        weights.add(tensor(names[i] + ".weight", shape));
        if (bias) {
          biases.add(tensor(names[i] + ".bias", rows[i]));
        }
      }
      sound(
          module.callForLong(
              "linear", weights.toArray(Tensor[]::new), biases.toArray(Tensor[]::new), way),
          String.join(", ", names));
    } finally {
      weights.forEach(Tensor::close);
      biases.forEach(Tensor::close);
    }
  }

  /** Whether the file has a tensor of this name. */
  public boolean has(String name) {
    return file.has(name);
  }

  /** The file. */
  public Path path() {
    return file.path();
  }

  /** Adds a linear layer with bias that stays float32 whatever the precision. */
  public void exactLinear(String name, long outputs, long... inputs) {
    linear(exactWay(), true, inputs, new String[] {name}, outputs);
  }

  /** Adds a linear layer with bias. */
  public void linear(String name, long outputs, long... inputs) {
    long elements = Arrays.stream(inputs).reduce(outputs, Math::multiplyExact);
    linear(way(elements), true, inputs, new String[] {name}, outputs);
  }

  /**
   * Adds a linear layer whose rows are (heads, 3, head): query, key and value of each head side by
   * side. The script takes them apart.
   */
  public void byHeads(int way, boolean bias, String name, int heads, int head, long inputs) {
    residual |= file.info(name + ".weight").dtype() != DType.F16;
    long rows = 3L * heads * head;
    List<Tensor> biases = new ArrayList<>();
    try (Tensor weight = tensor(name + ".weight", rows, inputs)) {
      if (bias) {
        biases.add(tensor(name + ".bias", rows));
      }
      Tensor[] given = biases.toArray(Tensor[]::new);
      long unsound =
          module.callForLong("by_heads", new Tensor[] {weight}, given, (long) heads, way);
      sound(unsound, name);
    } finally {
      biases.forEach(Tensor::close);
    }
  }

  /**
   * The named layer's weight: in one piece, or as direction and length where the file has it that
   * way (weight norm, under its old or its new name). The caller closes the tensors.
   *
   * @param dim dimension that has a length for each of its indices
   * @return weight, or direction and length
   */
  public Tensor[] normed(String name, int dim, long... shape) {
    if (file.has(name + ".weight")) {
      return new Tensor[] {tensor(name + ".weight", shape)};
    }
    String parametrized = name + ".parametrizations.weight.original";
    boolean renamed = file.has(parametrized + "1");
    long[] lengths = new long[shape.length];
    Arrays.fill(lengths, 1);
    lengths[dim] = shape[dim];
    Tensor direction = tensor(renamed ? parametrized + "1" : name + ".weight_v", shape);
    try {
      return new Tensor[] {
        direction, tensor(renamed ? parametrized + "0" : name + ".weight_g", lengths)
      };
    } catch (RuntimeException e) {
      direction.close();
      throw e;
    }
  }

  /** Adds a vector (a norm's weight, a bias, a scale) or a small convolution kept as it is. */
  public void vector(String name, long... shape) {
    try (Tensor x = tensor(name, shape)) {
      sound(module.callForLong("vector", x), name);
    }
  }

  /**
   * The named tensor over the mapped file, of the file's type (of bfloat16 a float32 copy); the
   * caller closes it.
   *
   * @throws InputException if it is missing, of another shape or of a type torch is not given
   */
  public Tensor tensor(String name, long... shape) {
    TensorData data = file.get(name, shape);
    Tensor stored = module.tensor(data.data(), type(data), shape);
    if (data.dtype() != DType.BF16) {
      return stored;
    }
    try (stored) {
      return TorchRuntime.bfloat16ToFloat(stored);
    }
  }

  /** The named vector, of whatever length, over the mapped file. */
  public Tensor anyLength(String name) {
    long[] shape = file.info(name).shape();
    return tensor(name, shape.length == 0 ? 0 : shape[0]);
  }

  /**
   * Checks what a script said of the weights it was given.
   *
   * @param unsound number of values that are not finite
   * @param names of the tensors or layers it was given, for the message
   * @throws InputException if there is one
   */
  public void sound(long unsound, String names) {
    if (unsound > 0) {
      throw new InputException(
          file.path()
              + ": "
              + culprit(names)
              + " holds "
              + unsound
              + " values that are NaN, infinite or too large (expected: numbers, in float16 at most"
              + " 65504)");
    }
  }

  /** Of several names, or of a layer's, the first tensor with a value that is not finite. */
  private String culprit(String names) {
    for (String name : names.split(", | or ", -1)) {
      for (String tensor : List.of(name, name + ".weight", name + ".bias")) {
        if (file.has(tensor) && file.info(tensor).dtype().isFloating()) {
          for (float value : file.get(tensor).toFloats()) {
            if (!Float.isFinite(value)) {
              return tensor;
            }
          }
        }
      }
    }
    return names;
  }

  private DataType type(TensorData data) {
    return switch (data.dtype()) {
      case F32 -> DataType.FLOAT32;
      case F64 -> DataType.FLOAT64;
      // bfloat16 arrives as the bits of float16: arrays of it abort the process.
      case F16, BF16 -> DataType.FLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I8 -> DataType.INT8;
      case U8 -> DataType.UINT8;
      case BOOL -> DataType.BOOLEAN;
      default ->
          throw new InputException(
              file.path()
                  + ": "
                  + data.name()
                  + " is "
                  + data.dtype()
                  + " (expected: BF16, F16, F32, F64, I64, I32, I8, U8 or BOOL)");
    };
  }
}
