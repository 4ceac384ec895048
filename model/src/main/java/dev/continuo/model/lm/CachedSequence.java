// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * One sequence in a row of a KV cache.
 *
 * <p>Given units are run through the network in blocks that start at multiples of {@link
 * #PREFILL_BLOCK} from the first one given after a draw; what does not fill a block waits for the
 * next draw. So the passes, and with them every bit of the result, depend on positions only and not
 * on how a prompt was split. Where each pass began is remembered, so that {@link #truncate} can go
 * back to it, and so that a parked sequence is computed again in the same passes. <i>Serialised by
 * the caller.</i>
 */
final class CachedSequence implements UnitLanguageModel.Sequence {
  /** Units run at once: twice the cost of one, and what is left at the end of a prompt is short. */
  static final int PREFILL_BLOCK = 8;

  private static final int NO_ROW = -1;

  private final CausalLanguageModel model;
  private final SequenceRows rows;
  private final Runnable whenClosed;
  private final int starts; // ids before the first unit
  private final int[] ids; // the context
  private final int[] passStart; // where the pass began that computed each position
  private int row;
  private int size; // ids in the context
  private int known; // of those, how many were in a pass
  private int done; // of those, how many have their keys and values in the cache: all, until parked
  private boolean slid;
  private boolean ended;
  private boolean closed;

  CachedSequence(CausalLanguageModel model, SequenceRows rows, int row, Runnable whenClosed) {
    this.model = model;
    this.rows = rows;
    this.row = row;
    this.whenClosed = whenClosed;
    int[] start = model.ids().startIds();
    this.starts = start.length;
    this.ids = Arrays.copyOf(start, starts + rows.positions());
    this.passStart = new int[ids.length];
    this.size = starts;
  }

  SequenceRows rows() {
    return rows;
  }

  int row() {
    return row;
  }

  @Override
  public int length() {
    return size - starts;
  }

  @Override
  public int positions() {
    return rows.positions();
  }

  @Override
  public void append(int[] units) {
    enqueue(units);
    computeBlocks();
  }

  private void computeBlocks() {
    while (waitingBlocks() > 0) {
      rows.prefill(List.of(this));
    }
  }

  @Override
  public void enqueue(int[] units) {
    checkOpen();
    if (units.length > positions() - length()) {
      throw new IllegalArgumentException(
          "units: %d more than %d (expected: at most %d in all)"
              .formatted(units.length, length(), positions()));
    }
    model.checkUnits(units);
    for (int unit : units) {
      ids[size++] = model.ids().firstUnitId() + unit;
    }
    ended &= units.length == 0;
  }

  @Override
  public int waitingBlocks() {
    if (parked()) {
      return 0;
    }
    int again = 0;
    for (int at = done; at < known; at = passEnd(at)) {
      again++;
    }
    return again + (size - known - 1) / PREFILL_BLOCK; // the last token is left for its draw
  }

  /** Where the pass ended that began at a position. */
  private int passEnd(int start) {
    int end = start + 1;
    while (end < known && passStart[end] == start) {
      end++;
    }
    return end;
  }

  @Override
  public int next(Sampling sampling, int turn) {
    return rows.next(List.of(this), List.of(sampling), new int[] {turn})[0];
  }

  @Override
  public void truncate(int length) {
    checkOpen();
    if (length < 0 || length > length()) {
      throw new IllegalArgumentException(
          "length: " + length + " (expected: 0 to " + length() + ")");
    }
    shorten(starts + length);
  }

  private void shorten(int newSize) {
    size = newSize;
    ended = false;
    if (known >= size) {
      known = size == 0 ? 0 : passStart[size - 1];
    }
    done = Math.min(done, known);
  }

  @Override
  public void slide(int keep, int drop) {
    checkOpen();
    if (keep < 0 || drop < 0 || keep > length() - drop) {
      throw new IllegalArgumentException(
          "keep, drop: %d, %d (expected: 0 or more, and at most %d together)"
              .formatted(keep, drop, length()));
    }
    if (parked()) {
      throw new IllegalStateException("sequence is parked");
    }
    if (drop > 0) {
      forget(starts + keep, drop);
    }
  }

  private void forget(int from, int drop) {
    if (model.movable()) {
      computeBlocks(); // what moves must not depend on when it was computed
    }
    int moved = size - from - drop;
    System.arraycopy(ids, from + drop, ids, from, moved);
    if (model.movable() && done > from + drop) {
      rows.slide(row, from, drop, done);
      done -= drop;
      known = done;
      slid = true;
      Arrays.setAll(passStart, i -> i < from ? passStart[i] : i);
      shorten(from + moved);
    } else {
      shorten(from);
      size = from + moved;
    }
  }

  /** Checks that a unit can be drawn. */
  void checkNext() {
    checkOpen();
    if (ended || size == 0 || length() == positions()) {
      throw new IllegalStateException(
          ended
              ? "sequence has ended"
              : size == 0 ? "sequence is empty" : "sequence is full: " + length() + " positions");
    }
  }

  /** Adds the next block, or what is left of one. */
  void addPending(Tokens tokens) {
    tokens.add(row, done, Arrays.copyOfRange(ids, done, end()));
  }

  /** What {@link #addPending} added is in the cache. */
  void computed() {
    int end = end();
    Arrays.fill(passStart, done, end, done);
    done = end;
    known = Math.max(known, done);
  }

  private int end() {
    return done < known ? passEnd(done) : Math.min(size, done + PREFILL_BLOCK);
  }

  void drawn(int unit) {
    if (unit == UnitLanguageModel.END) {
      ended = true;
    } else {
      ids[size++] = model.ids().firstUnitId() + unit;
    }
  }

  /** Indices among the allowed ids of those in the context, each once. */
  int[] seen(Draws draws) {
    BitSet seen = new BitSet();
    for (int i = 0; i < size; i++) {
      int index = draws.indexOf()[ids[i]];
      if (index >= 0) {
        seen.set(index);
      }
    }
    return seen.stream().toArray();
  }

  @Override
  public void park() {
    checkOpen();
    if (slid) {
      throw new IllegalStateException("sequence has slid: it cannot be computed again as it was");
    }
    if (!parked()) {
      rows.free(row);
      row = NO_ROW;
      done = 0;
    }
  }

  @Override
  public void resume(int freeRow) {
    checkOpen();
    if (!parked()) {
      throw new IllegalStateException("sequence is not parked");
    }
    rows.take(freeRow);
    row = freeRow;
  }

  /** Whether it has no row. */
  boolean parked() {
    return row == NO_ROW;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("sequence is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (!parked()) {
        rows.free(row);
      }
      whenClosed.run();
    }
  }
}
