// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements of a strided view, put in row-major order. <i>Immutable.</i> */
final class StridedCopy {
  private StridedCopy() {}

  /** Whether the elements lie in row-major order, one behind the other. */
  static boolean isContiguous(long[] shape, long[] strides) {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }

  /**
   * Copies the elements.
   *
   * @param from the storage; the view lies within it
   * @param offset of the first element, in elements
   * @param bytes size of an element: 1, 2, 4 or 8
   * @return direct, little-endian, position 0
   */
  static ByteBuffer of(ByteBuffer from, long offset, long[] shape, long[] strides, int bytes) {
    int elements = 1;
    for (long size : shape) {
      elements *= (int) size;
    }
    ByteBuffer to = ByteBuffer.allocateDirect(elements * bytes).order(ByteOrder.LITTLE_ENDIAN);
    long[] index = new long[shape.length];
    long at = offset;
    for (int i = 0; i < elements; i++) {
      copy(from, (int) at * bytes, to, bytes);
      for (int d = shape.length - 1; d >= 0; d--) {
        at += strides[d];
        if (++index[d] < shape[d]) {
          break;
        }
        at -= strides[d] * shape[d];
        index[d] = 0;
      }
    }
    return to.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void copy(ByteBuffer from, int at, ByteBuffer to, int bytes) {
    switch (bytes) {
      case 1 -> to.put(from.get(at));
      case 2 -> to.putShort(from.getShort(at));
      case 4 -> to.putInt(from.getInt(at));
      default -> to.putLong(from.getLong(at));
    }
  }
}
