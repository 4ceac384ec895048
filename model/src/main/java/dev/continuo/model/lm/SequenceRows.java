// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Sequences over one KV cache, computed in one pass.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class SequenceRows implements UnitLanguageModel.Rows {
  private final CausalLanguageModel model;
  private final KvCache cache;
  private final int positions;
  private final BitSet taken = new BitSet();
  private boolean closed;

  SequenceRows(CausalLanguageModel model, int rows, int positions) {
    this.model = model;
    this.positions = positions;
    this.cache = model.newCache(rows, positions + model.ids().startIds().length);
  }

  @Override
  public int rows() {
    return cache.rows();
  }

  @Override
  public int positions() {
    return positions;
  }

  @Override
  public long bytes() {
    return model.cacheBytes(rows(), positions);
  }

  @Override
  public CachedSequence open(int row) {
    return open(row, () -> {});
  }

  /** The one sequence, which closes the rows with itself. */
  CachedSequence openWithRows() {
    return open(0, this::close);
  }

  private CachedSequence open(int row, Runnable whenClosed) {
    take(row);
    return new CachedSequence(model, this, row, whenClosed);
  }

  /** Takes a free row. */
  void take(int row) {
    if (row < 0 || row >= rows()) {
      throw new IllegalArgumentException("row: " + row + " (expected: 0 to " + (rows() - 1) + ")");
    }
    if (closed || taken.get(row)) {
      throw new IllegalStateException(closed ? "rows are closed" : "row " + row + " is taken");
    }
    taken.set(row);
  }

  /** A row is free again. */
  void free(int row) {
    taken.clear(row);
  }

  @Override
  public void prefill(List<? extends UnitLanguageModel.Sequence> sequences) {
    List<CachedSequence> waiting = new ArrayList<>();
    for (CachedSequence sequence : own(sequences)) {
      if (sequence.waitingBlocks() > 0) {
        waiting.add(sequence);
      }
    }
    if (waiting.isEmpty()) {
      return;
    }
    Tokens tokens = new Tokens();
    waiting.forEach(sequence -> sequence.addPending(tokens));
    model.fill(cache, tokens);
    waiting.forEach(CachedSequence::computed);
  }

  @Override
  public int[] next(
      List<? extends UnitLanguageModel.Sequence> sequences, List<Sampling> samplings, int[] turns) {
    if (samplings.size() != sequences.size() || turns.length != sequences.size()) {
      throw new IllegalArgumentException(
          "samplings, turns: %d, %d (expected: one of each of %d sequences)"
              .formatted(samplings.size(), turns.length, sequences.size()));
    }
    List<CachedSequence> own = own(sequences);
    own.forEach(CachedSequence::checkNext);
    if (own.isEmpty()) {
      return new int[0];
    }
    while (own.stream().anyMatch(sequence -> sequence.waitingBlocks() > 0)) {
      prefill(own);
    }
    Tokens tokens = new Tokens();
    own.forEach(sequence -> sequence.addPending(tokens));
    int[] units = model.step(cache, tokens, how(own, samplings, turns));
    for (int i = 0; i < units.length; i++) {
      own.get(i).computed();
      own.get(i).drawn(units[i]);
    }
    return units;
  }

  /** What the rows are of; theirs. */
  KvCache cache() {
    return cache;
  }

  void slide(int row, int start, int drop, int length) {
    model.slide(cache, row, start, drop, length);
  }

  private List<CachedSequence> own(List<? extends UnitLanguageModel.Sequence> sequences) {
    List<CachedSequence> own = new ArrayList<>();
    BitSet rows = new BitSet();
    for (UnitLanguageModel.Sequence sequence : sequences) {
      if (!(sequence instanceof CachedSequence mine) || mine.rows() != this) {
        throw new IllegalArgumentException("sequences: one is of other rows");
      }
      if (mine.parked()) {
        throw new IllegalStateException("sequences: one is parked");
      }
      if (rows.get(mine.row())) {
        throw new IllegalArgumentException("sequences: row " + mine.row() + " stands there twice");
      }
      rows.set(mine.row());
      own.add(mine);
    }
    return own;
  }

  private DrawSettings how(List<CachedSequence> sequences, List<Sampling> samplings, int[] turns) {
    DrawSettings how = new DrawSettings(sequences.size());
    for (int i = 0; i < sequences.size(); i++) {
      CachedSequence sequence = sequences.get(i);
      Sampling sampling = samplings.get(i);
      how.set(i, sampling, CounterHash.uniform(sampling.seed(), turns[i], sequence.length()));
      if (sampling.repetitionPenalty() != 1) {
        how.penalise(i, sequence.seen(model.draws()));
      }
    }
    return how;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cache.close();
    }
  }
}
