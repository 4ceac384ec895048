// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import ai.djl.pytorch.jni.IValue;

/**
 * Tensors that a script made and only scripts read, such as a cache: handed back to them as one
 * argument, of whatever type and on whatever device they are. Counted as one by {@link
 * Tensor#live}.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class TensorList implements AutoCloseable {
  private final IValue list;
  private boolean closed;

  TensorList(IValue list) {
    this.list = list;
    Tensor.opened();
  }

  IValue open() {
    if (closed) {
      throw new IllegalStateException("tensors are closed");
    }
    return list;
  }

  /** Frees the native memory. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      list.close();
      Tensor.closed();
    }
  }
}
