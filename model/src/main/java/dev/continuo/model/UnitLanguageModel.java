// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import java.util.List;

/**
 * Continues sequences of deduplicated units.
 *
 * <p><i>Thread-safe: immutable weights; sequences have states of their own.</i>
 */
public interface UnitLanguageModel extends AutoCloseable {

  /** What a draw returns where the model ends the sequence. */
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

  /**
   * Takes the memory of several sequences that are computed together, all of it now. The caller
   * closes it.
   *
   * @param rows sequences that can be open at a time, at least 1
   * @param positions units of each, in [1, {@link #maxPositions()}]
   * @throws IllegalArgumentException if one is out of its range
   */
  Rows allocate(int rows, int positions);

  /** Bytes that {@link #allocate} takes. */
  long cacheBytes(int rows, int positions);

  /**
   * Negative log-likelihood of each unit given those before it, in nats, over the whole vocabulary.
   *
   * @param units deduplicated units in [0, unitCount); borrowed
   * @param bounded whether the model's start stands before them and its end after them, as SlamKit
   *     scores: then the first unit and the end are scored too. Otherwise nothing is added, and the
   *     first unit is not scored
   * @return (units - 1), or (units + 1) if bounded; owned by the caller
   * @throws InputException if bounded and the model has no start or no end
   * @throws IllegalArgumentException if a unit is out of range or there are more than fit
   */
  float[] nll(int[] units, boolean bounded);

  /** Frees the weights. Idempotent; open sequences must be closed before. */
  @Override
  void close();

  /**
   * Sequences that share one KV cache and are computed in one pass. What a sequence draws does not
   * depend on its mates, to the bit on a CPU with fp16 kernels.
   *
   * <p><i>Serialised by the caller, its sequences included.</i>
   */
  interface Rows extends AutoCloseable {

    /** Number of rows. */
    int rows();

    /** Number of units there is room for in each. */
    int positions();

    /** Bytes taken. */
    long bytes();

    /**
     * Starts an empty sequence in a free row. Closing the sequence frees the row; the memory stays.
     *
     * @param row in [0, rows)
     * @throws IllegalStateException if the row is taken
     */
    Sequence open(int row);

    /**
     * Computes one block of each of some sequences that have one waiting ({@link
     * Sequence#waitingBlocks}), in one pass. Others are passed over.
     *
     * @param sequences of these rows, each once
     */
    void prefill(List<? extends Sequence> sequences);

    /**
     * Draws the next unit of each of some sequences and appends it, in one pass. Whole blocks that
     * still wait are computed before.
     *
     * @param sequences of these rows, each once
     * @param samplings how to draw, one a sequence
     * @param turns turn of the conversation of each, from 0
     * @return a unit or {@link #END} for each; owned by the caller
     * @throws IllegalStateException if one is empty, full, closed or has ended; then none was drawn
     */
    int[] next(List<? extends Sequence> sequences, List<Sampling> samplings, int[] turns);

    /** Frees the memory. Idempotent; its sequences must be closed before. */
    @Override
    void close();
  }

  /**
   * One sequence with its row of a KV cache.
   *
   * <p><i>Serialised by the caller.</i>
   */
  interface Sequence extends AutoCloseable {

    /** Number of units in the context, appended and drawn. */
    int length();

    /** Number of units there is room for in all. */
    int positions();

    /**
     * Appends given units to the context and computes the blocks they fill. The result of {@link
     * #next} does not depend on how a prompt is split over calls. A sequence that has ended goes on
     * with what is appended.
     *
     * @param units deduplicated units in [0, unitCount); borrowed, not kept
     * @throws IllegalArgumentException if a unit is out of range or there is no room; then nothing
     *     was appended
     */
    void append(int[] units);

    /** The same without computing anything: see {@link Rows#prefill}. */
    void enqueue(int[] units);

    /** Blocks of the context that {@link Rows#prefill} can compute now; none while parked. */
    int waitingBlocks();

    /**
     * Draws the next unit and appends it to the context.
     *
     * @param sampling how to draw
     * @param turn turn of the conversation, from 0
     * @return the unit, or {@link #END}, which is not appended
     * @throws IllegalStateException if the context is empty or full, or the sequence has ended
     */
    int next(Sampling sampling, int turn);

    /**
     * Forgets all units but the first ones, and an end after them. The sequence is then what it was
     * when it had this length, to the bit.
     *
     * @param length units that stay, in [0, length()]
     * @throws IllegalArgumentException if {@code length} is out of its range
     */
    void truncate(int length);

    /**
     * Forgets {@code drop} units behind the first {@code keep}, the attention sink; those behind
     * move up (Xiao et al. 2024, Efficient Streaming Language Models with Attention Sinks). With
     * rotary positions and ALiBi this moves what the cache holds, which goes on to carry what was
     * forgotten; with learned positions the units that move are computed again. Going back to a
     * length shorter than what was moved computes its last unit alone.
     *
     * @param keep units that stay where they are, at least 0
     * @param drop units to forget, at least 0
     * @throws IllegalArgumentException if they are more than {@link #length()} together
     * @throws IllegalStateException if the sequence is parked or closed
     * @throws UnsupportedOperationException if sequences of this model cannot
     */
    default void slide(int keep, int drop) {
      throw new UnsupportedOperationException("slide");
    }

    /**
     * Gives up the row and keeps the units: others can have the row until {@link #resume}. Units
     * are taken and taken back meanwhile, nothing is computed. Parked already, nothing happens.
     *
     * @throws IllegalStateException if it has slid, whose cache carries what was forgotten, or is
     *     closed
     * @throws UnsupportedOperationException if sequences of this model cannot
     */
    default void park() {
      throw new UnsupportedOperationException("park");
    }

    /**
     * Takes a row again, where the whole context waits to be computed once more ({@link
     * #waitingBlocks}), in the passes in which it was computed before: what is drawn afterwards is
     * what would have been drawn had the sequence never been parked, to the bit.
     *
     * @param row in [0, rows)
     * @throws IllegalStateException if the row is taken, or the sequence is not parked or is closed
     * @throws UnsupportedOperationException if sequences of this model cannot
     */
    default void resume(int row) {
      throw new UnsupportedOperationException("resume");
    }

    /** Frees the KV cache, or the row of a shared one. Idempotent. */
    @Override
    void close();
  }
}
