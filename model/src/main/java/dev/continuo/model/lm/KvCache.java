// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.torch.TensorList;
import dev.continuo.model.torch.TorchModule;

/**
 * Keys and values of some rows, written in place by the scripts, which also say how they lie
 * ({@code attention.py}): float32, or float16 where weights are int8 or not packed.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class KvCache implements AutoCloseable {
  /** Positions of a block; room is taken in whole blocks. */
  static final int BLOCK = 64;

  private final int rows;
  private final int positions;
  private final TensorList layers;

  KvCache(TorchModule module, Dimensions sizes, int rows, int positions) {
    this.rows = rows;
    this.positions = positions;
    this.layers =
        module.callForKept("cache", rows, sizes.kvHeads(), (int) blocks(positions), sizes.head());
  }

  private static long blocks(long positions) {
    return (positions + BLOCK - 1) / BLOCK;
  }

  /**
   * Bytes that a cache of this size takes.
   *
   * @param valueBytes of one key's or value's component
   */
  static long bytes(Dimensions sizes, long rows, long positions, int valueBytes) {
    long values =
        rows * blocks(positions) * BLOCK * sizes.layers() * sizes.kvHeads() * sizes.head();
    return 2L * valueBytes * values;
  }

  int rows() {
    return rows;
  }

  int positions() {
    return positions;
  }

  TensorList layers() {
    return layers;
  }

  @Override
  public void close() {
    layers.close();
  }
}
