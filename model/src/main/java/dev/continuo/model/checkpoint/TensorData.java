// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/**
 * A tensor as it lies in its file.
 *
 * <p>Elements are in row-major order. The mapping lives as long as a buffer of it is reachable.
 * <i>Immutable.</i>
 *
 * @param name name in the file
 * @param dtype type of the elements
 * @param shape dimensions, each at least 0; borrowed, not to be changed
 * @param data the elements: read-only, direct, little-endian, position 0, limit {@code elements *
 *     dtype.bytes()}; a slice of the mapped file, so not aligned to more than the file aligns it
 */
@SuppressWarnings("ArrayRecordComponent") // a shape is compared and shown by describe()
public record TensorData(String name, DType dtype, long[] shape, ByteBuffer data) {

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Name, element type and shape, as in {@code model.norm.weight: F16 [576]}. */
  public String describe() {
    return String.format(
        Locale.ROOT, "%s: %s %s", Quoted.plain(name), dtype, Arrays.toString(shape));
  }

  /**
   * A copy of the elements as floats; exact but for F64, which is rounded.
   *
   * @return owned by the caller
   * @throws IllegalArgumentException if the elements are not of a floating-point type
   */
  public float[] toFloats() {
    return StoredFloats.toFloats(data, dtype, name);
  }
}
