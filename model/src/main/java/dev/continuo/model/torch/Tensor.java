// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A native array that somebody owns: closed by its owner, counted until then.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Tensor implements AutoCloseable {
  private static final AtomicLong LIVE = new AtomicLong();

  private final PtNDArray array;
  private boolean closed;

  Tensor(NDArray array) {
    this.array = (PtNDArray) array;
    opened();
  }

  static void opened() {
    LIVE.incrementAndGet();
  }

  static void closed() {
    LIVE.decrementAndGet();
  }

  /** Number of tensors of this process that are not closed; zero when all work is done. */
  public static long live() {
    return LIVE.get();
  }

  /** Length of each dimension. */
  public long[] shape() {
    return array.getShape().getShape();
  }

  /**
   * Copies the values to a new array, in C order.
   *
   * @throws IllegalStateException if the values are not float32 or the tensor is closed
   */
  public float[] toFloats() {
    return open().toFloatArray();
  }

  /**
   * Copies the values to a new array, in C order.
   *
   * @throws IllegalStateException if the values are not int64 or the tensor is closed
   */
  public long[] toLongs() {
    return open().toLongArray();
  }

  PtNDArray open() {
    if (closed) {
      throw new IllegalStateException("tensor is closed");
    }
    return array;
  }

  /** Frees the native memory. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      array.close();
      closed();
    }
  }
}
