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

  KvCache(TorchModule module, LlamaShape shape, int rows, int positions) {
    this.rows = rows;
    this.positions = positions;
    this.keys = new Tensor[shape.layers()];
    this.values = new Tensor[shape.layers()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = module.zeros(rows, shape.kvHeads(), positions, shape.head());
      values[i] = module.zeros(rows, shape.kvHeads(), positions, shape.head());
    }
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
