// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;

/**
 * Keys and values of some rows, (rows, kv heads, positions, head) float32 a layer, written in
 * place.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class KvCache implements AutoCloseable {
  private final int rows;
  private final int positions;
  private final Tensor[] keys;
  private final Tensor[] values;

  KvCache(TorchModule module, Dimensions sizes, int rows, int positions) {
    this.rows = rows;
    this.positions = positions;
    this.keys = new Tensor[sizes.layers()];
    this.values = new Tensor[sizes.layers()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = module.zeros(rows, sizes.kvHeads(), positions, sizes.head());
      values[i] = module.zeros(rows, sizes.kvHeads(), positions, sizes.head());
    }
  }

  /** Bytes that a cache of this size takes. */
  static long bytes(Dimensions sizes, long rows, long positions) {
    long values = rows * positions * sizes.layers() * sizes.kvHeads() * sizes.head();
    return 2 * Float.BYTES * values;
  }

  int rows() {
    return rows;
  }

  int positions() {
    return positions;
  }

  Tensor[] keys() {
    return keys;
  }

  Tensor[] values() {
    return values;
  }

  @Override
  public void close() {
    for (int i = 0; i < keys.length; i++) {
      keys[i].close();
      values[i].close();
    }
  }
}
