// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a checkpoint says of one of its tensors. <i>Immutable.</i>
 *
 * @param name name in the file
 * @param dtype type of the elements
 * @param shape dimensions, each at least 0, their product times the element's size below 2^63;
 *     borrowed, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // a shape is compared and shown by describe()
public record TensorInfo(String name, DType dtype, long[] shape) {

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** Size of the elements, in bytes. */
  public long bytes() {
    return elements() * dtype.bytes();
  }

  /** Name, element type and shape, as in {@code model.norm.weight: F16 [576]}. */
  public String describe() {
    return String.format(
        Locale.ROOT, "%s: %s %s", Quoted.plain(name), dtype, Arrays.toString(shape));
  }
}
