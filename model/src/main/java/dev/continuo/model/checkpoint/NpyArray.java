// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A NumPy array file ({@code .npy}), memory-mapped.
 *
 * <p>Versions 1.0 to 3.0 of the format ({@code numpy/lib/format.py}), elements {@code f2}, {@code
 * f4}, {@code f8}, {@code i4} and {@code i8} of either byte order, in C or Fortran order. Arrays of
 * Python objects, which are pickles, are refused. <i>Immutable.</i>
 */
public final class NpyArray {
  private final Path path;
  private final DType dtype;
  private final long[] shape;
  private final boolean fortranOrder;
  private final ByteBuffer data;

  private NpyArray(Path path, DType dtype, long[] shape, boolean fortranOrder, ByteBuffer data) {
    this.path = path;
    this.dtype = dtype;
    this.shape = shape;
    this.fortranOrder = fortranOrder;
    this.data = data;
  }

  /**
   * An array out of a pickle.
   *
   * @param path the pickle's file
   * @throws InputException if its elements are of another type
   */
  static NpyArray of(Path path, NumpyTypes.RawArray array) {
    String kind = "<" + array.kind() + array.bytes();
    DType dtype = NpyHeader.dtype(path, kind);
    return new NpyArray(path, dtype, array.shape(), array.fortranOrder(), array.data());
  }

  /**
   * Opens, checks and maps a file.
   *
   * @throws InputException if it cannot be read, breaks the format, is not of a supported kind, or
   *     is longer or shorter than its header says
   */
  public static NpyArray read(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      NpyHeader header = NpyHeader.read(path, file);
      long bytes = header.dtype().bytes();
      try {
        for (long size : header.shape()) {
          bytes = Math.multiplyExact(bytes, size);
        }
      } catch (ArithmeticException e) {
        throw new InputException(
            path + ": shape: " + Arrays.toString(header.shape()) + " (expected: below 2^31 bytes)");
      }
      if (bytes != file.size() - header.dataStart()) {
        throw new InputException(
            path
                + ": "
                + (file.size() - header.dataStart())
                + " bytes of data (expected: "
                + bytes
                + " for "
                + header.dtype()
                + " "
                + Arrays.toString(header.shape())
                + ")");
      }
      if (bytes > Integer.MAX_VALUE) {
        throw new InputException(path + ": " + bytes + " bytes (expected: below 2^31 bytes)");
      }
      ByteBuffer data = file.map(header.dataStart(), bytes).order(header.order());
      return new NpyArray(path, header.dtype(), header.shape(), header.fortranOrder(), data);
    }
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Type of the elements: F16, F32, F64, I32 or I64. */
  public DType dtype() {
    return dtype;
  }

  /** Dimensions, empty for a scalar; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * A copy of the elements in C order; exact but for F64, which is rounded.
   *
   * @throws InputException if they are integers
   */
  public float[] toFloats() {
    if (dtype == DType.I32 || dtype == DType.I64) {
      throw new InputException(path + ": elements of " + dtype + " (expected: f2, f4 or f8)");
    }
    float[] stored = StoredFloats.toFloats(data, data.order(), dtype, path.toString());
    if (!fortranOrder) {
      return stored;
    }
    float[] out = new float[stored.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = stored[storedIndex(i)];
    }
    return out;
  }

  /**
   * A copy of the elements in C order.
   *
   * @throws InputException if they are not integers
   */
  public long[] toLongs() {
    long[] out = new long[data.limit() / dtype.bytes()];
    for (int i = 0; i < out.length; i++) {
      int at = storedIndex(i);
      out[i] =
          switch (dtype) {
            case I32 -> data.getInt(at * 4);
            case I64 -> data.getLong(at * 8);
            default ->
                throw new InputException(path + ": elements of " + dtype + " (expected: i4 or i8)");
          };
    }
    return out;
  }

  /** Where the element that is {@code index}th in C order lies in the file. */
  private int storedIndex(int index) {
    if (!fortranOrder) {
      return index;
    }
    int stride = Math.toIntExact(data.limit() / dtype.bytes());
    int rest = index;
    int stored = 0;
    for (int d = shape.length - 1; d >= 0; d--) {
      stride /= (int) shape[d];
      stored += stride * (rest % (int) shape[d]);
      rest /= (int) shape[d];
    }
    return stored;
  }
}
