// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import java.util.Arrays;

/**
 * Decode steps at a fixed place: every row takes one token at the same position again and again, as
 * benchmarks need.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class DecodeSteps implements AutoCloseable {
  private static final double UNIFORM = 0.5;
  private static final long[] NO_PENALTY = {};

  private final CausalLanguageModel model;
  private final KvCache cache;
  private final Tokens tokens = new Tokens();
  private final double[] how;

  /**
   * A cache of {@code rows} rows with {@code context} positions, the last of which a step fills.
   *
   * @throws IllegalArgumentException if {@code rows} is not positive or {@code context} is not in
   *     [1, {@link CausalLanguageModel#maxPositions()}]
   */
  public DecodeSteps(CausalLanguageModel model, int rows, int context) {
    if (rows < 1 || context < 1 || context > model.maxPositions()) {
      throw new IllegalArgumentException(
          "rows: %d, context: %d (expected: >= 1 and 1 to %d)"
              .formatted(rows, context, model.maxPositions()));
    }
    this.model = model;
    this.cache = model.newCache(rows, context);
    this.how = new double[5 * rows]; // temperature, top-p and penalty 1, no top-k
    Arrays.fill(how, 1);
    Arrays.fill(how, rows, 2 * rows, 0);
    Arrays.fill(how, 4 * rows, 5 * rows, UNIFORM);
    for (int row = 0; row < rows; row++) {
      tokens.add(row, context - 1, model.ids().firstUnitId() + row % model.unitCount());
    }
  }

  /** One step of all rows, sampling included. */
  public void step() {
    model.step(cache, tokens, how, NO_PENALTY);
  }

  /** Bytes of weights and of cached keys and values that a step reads. */
  public long bytesRead() {
    long cached = KvCache.bytes(model.dimensions(), cache.rows(), cache.positions());
    return model.weightBytes() + cached;
  }

  @Override
  public void close() {
    cache.close();
  }
}
