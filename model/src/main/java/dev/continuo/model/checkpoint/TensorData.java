// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.nio.ByteBuffer;

/**
 * A tensor's elements, in row-major order. Mapped memory lives as long as a buffer of it is
 * reachable. <i>Immutable.</i>
 *
 * @param info name, type and shape
 * @param data the elements: read-only, direct, little-endian, position 0, limit {@code
 *     info.bytes()}; mostly a slice of the mapped file, so not aligned to more than the file aligns
 *     it
 */
public record TensorData(TensorInfo info, ByteBuffer data) {

  /** Name in the file. */
  public String name() {
    return info.name();
  }

  /** Type of the elements. */
  public DType dtype() {
    return info.dtype();
  }

  /** Dimensions, each at least 0; borrowed, not to be changed. */
  public long[] shape() {
    return info.shape();
  }

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return info.elements();
  }

  /** Name, element type and shape, as in {@code model.norm.weight: F16 [576]}. */
  public String describe() {
    return info.describe();
  }

  /**
   * A copy of the elements as floats; exact but for F64, which is rounded.
   *
   * @return owned by the caller
   * @throws IllegalArgumentException if the elements are not of a floating-point type
   */
  public float[] toFloats() {
    return StoredFloats.toFloats(data, info.dtype(), info.name());
  }
}
