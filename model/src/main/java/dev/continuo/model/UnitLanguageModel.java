// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/**
 * Continues sequences of deduplicated units.
 *
 * <p><i>Thread-safe: immutable weights; every sequence has a state of its own.</i>
 */
public interface UnitLanguageModel extends AutoCloseable {

  /** What {@link Sequence#next} returns where the model ends the sequence. */
  int END = -1;

  /** Number of distinct units; units are in {@code [0, unitCount)}. */
  int unitCount();

  /** Most positions (prompt and continuation together) that a sequence may have. */
  int maxPositions();

  /**
   * Starts an empty sequence with memory for {@code positions} units. The caller closes it.
   *
   * @param positions in [1, {@link #maxPositions()}]
   * @throws IllegalArgumentException if {@code positions} is out of its range
   */
  Sequence open(int positions);

  /** Frees the weights. Idempotent; open sequences must be closed before. */
  @Override
  void close();

  /**
   * One sequence with its KV cache.
   *
   * <p><i>Serialised by the caller.</i>
   */
  interface Sequence extends AutoCloseable {

    /** Number of units in the context, appended and drawn. */
    int length();

    /** Number of units there is room for in all. */
    int positions();

    /**
     * Appends given units to the context. The result of {@link #next} does not depend on how a
     * prompt is split over calls.
     *
     * @param units deduplicated units in [0, unitCount); borrowed, not kept
     * @throws IllegalArgumentException if a unit is out of range or there is no room; then nothing
     *     was appended
     */
    void append(int[] units);

    /**
     * Draws the next unit and appends it to the context.
     *
     * @param sampling how to draw
     * @param turn turn of the conversation, from 0
     * @return the unit, or {@link #END}, which is not appended
     * @throws IllegalStateException if the context is empty or full, or the sequence has ended
     */
    int next(Sampling sampling, int turn);

    /** Frees the KV cache. Idempotent. */
    @Override
    void close();
  }
}
