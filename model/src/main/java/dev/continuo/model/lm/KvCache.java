// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;

/**
 * Keys and values of some rows, float32, written in place. A layer has values as (rows, kv heads,
 * positions, head) and keys as (rows, kv heads, blocks, head, {@link #BLOCK}): with the positions
 * of a block side by side, a step's scores are weighed sums of rows as its values are.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class KvCache implements AutoCloseable {
  /** Positions of a block; room is taken in whole blocks. */
  static final int BLOCK = 64;

  private final int rows;
  private final int positions;
  private final Tensor[] keys;
  private final Tensor[] values;

  KvCache(TorchModule module, Dimensions sizes, int rows, int positions) {
    this.rows = rows;
    this.positions = positions;
    this.keys = new Tensor[sizes.layers()];
    this.values = new Tensor[sizes.layers()];
    long blocks = blocks(positions);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = module.zeros(rows, sizes.kvHeads(), blocks, sizes.head(), BLOCK);
      values[i] = module.zeros(rows, sizes.kvHeads(), blocks * BLOCK, sizes.head());
    }
  }

  private static long blocks(long positions) {
    return (positions + BLOCK - 1) / BLOCK;
  }

  /** Bytes that a cache of this size takes. */
  static long bytes(Dimensions sizes, long rows, long positions) {
    long values =
        rows * blocks(positions) * BLOCK * sizes.layers() * sizes.kvHeads() * sizes.head();
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
