// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.Sampling;
import java.util.stream.IntStream;

/**
 * Decode steps at a fixed place: every row takes one token at the same position again and again, as
 * benchmarks need.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class DecodeSteps implements AutoCloseable {
  /** Given units of a pass that prefills, where the context has as many. */
  public static final int PREFILLED = 64;

  private static final double UNIFORM = 0.5;
  private static final Sampling EVEN = new Sampling(1, 0, 1, 0); // nothing filtered

  private final CausalLanguageModel model;
  private final KvCache cache;
  private final Tokens tokens = new Tokens();
  private final Tokens given = new Tokens();
  private final DrawSettings how;

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
    this.how = new DrawSettings(rows);
    for (int row = 0; row < rows; row++) {
      tokens.add(row, context - 1, id(row));
      how.set(row, EVEN, UNIFORM);
    }
    given.add(0, context - prefilled(), IntStream.range(0, prefilled()).map(this::id).toArray());
  }

  private int id(int n) {
    return model.ids().firstUnitId() + n % model.unitCount();
  }

  /** Number of units that {@link #prefill} is given. */
  public int prefilled() {
    return Math.min(PREFILLED, cache.positions());
  }

  /** One step of all rows, sampling included. */
  public void step() {
    model.step(cache, tokens, how);
  }

  /** One pass over given units that fill the first row's context. */
  public void prefill() {
    model.fill(cache, given);
    model.await(cache);
  }

  /** Additions and products of a step's matrices and attention. */
  public long operations() {
    return cache.rows() * (2 * model.matrixWeights() + attention(cache.positions()));
  }

  /** The same of {@link #prefill}, which leaves the head out. */
  public long prefillOperations() {
    long n = prefilled();
    long matrices = model.matrixWeights() - model.dimensions().headWeights();
    return n * (2 * matrices + attention(cache.positions() - (n - 1) / 2.0));
  }

  /** Of one token that sees so many positions. */
  private long attention(double seen) {
    Dimensions sizes = model.dimensions();
    return (long) (4.0 * sizes.layers() * sizes.heads() * sizes.head() * seen);
  }

  /** Bytes of weights and of cached keys and values that a step reads. */
  public long bytesRead() {
    long cached = model.cachedBytes(cache.rows(), cache.positions());
    return model.weightBytes() + cached;
  }

  @Override
  public void close() {
    cache.close();
  }
}
