// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A language model that draws from a hash of its whole context, or, where a script is given, unit
 * after unit of the script (the last one for ever).
 */
final class FakeLanguageModel implements UnitLanguageModel {
  private final Ledger ledger;
  private final int maxPositions;
  private final int[] script;
  private final List<Integer> context = new ArrayList<>();
  private final List<Integer> appends = new ArrayList<>();
  private int draws;
  private int positions;

  FakeLanguageModel(Ledger ledger, int maxPositions, int... script) {
    this.ledger = ledger;
    this.maxPositions = maxPositions;
    this.script = script.clone();
  }

  /** The context of the latest sequence, appended and drawn. */
  List<Integer> context() {
    return context;
  }

  /** Sizes of the appends of the latest sequence. */
  List<Integer> appends() {
    return appends;
  }

  /** Draws of the latest sequence. */
  int draws() {
    return draws;
  }

  /** Positions the latest sequence was opened with. */
  int positions() {
    return positions;
  }

  @Override
  public int unitCount() {
    return FakeEncoder.UNITS;
  }

  @Override
  public int maxPositions() {
    return maxPositions;
  }

  @Override
  public Sequence open(int wanted) {
    if (wanted < 1 || wanted > maxPositions) {
      throw new IllegalArgumentException("positions: " + wanted);
    }
    ledger.opened();
    context.clear();
    appends.clear();
    draws = 0;
    positions = wanted;
    return new FakeSequence();
  }

  @Override
  public Rows allocate(int rows, int wanted) {
    throw new UnsupportedOperationException("one sequence at a time");
  }

  @Override
  public long cacheBytes(int rows, int wanted) {
    return 0;
  }

  @Override
  public float[] nll(int[] units, boolean bounded) {
    throw new UnsupportedOperationException("draws only");
  }

  @Override
  public void close() {}

  private final class FakeSequence implements Sequence {
    private boolean sequenceEnded;
    private boolean closed;

    @Override
    public int length() {
      return context.size();
    }

    @Override
    public int positions() {
      return positions;
    }

    @Override
    public void append(int[] units) {
      if (context.size() + units.length > positions) {
        throw new IllegalArgumentException("no room");
      }
      ledger.worked(Stage.PREFILL);
      appends.add(units.length);
      Arrays.stream(units).forEach(context::add);
    }

    @Override
    public void enqueue(int[] units) {
      append(units);
    }

    @Override
    public int waitingBlocks() {
      return 0;
    }

    @Override
    public void truncate(int length) {
      context.subList(length, context.size()).clear();
      sequenceEnded = false;
    }

    @Override
    public int next(Sampling sampling, int turn) {
      if (closed || sequenceEnded || context.isEmpty() || context.size() == positions) {
        throw new IllegalStateException("closed, ended, empty or full");
      }
      int unit =
          script.length > 0 ? script[Math.min(draws, script.length - 1)] : hashed(sampling, turn);
      ledger.worked(Stage.DECODE);
      draws++;
      sequenceEnded = unit == END;
      if (!sequenceEnded) {
        context.add(unit);
      }
      return unit;
    }

    private int hashed(Sampling sampling, int turn) {
      double uniform = CounterHash.uniform(sampling.seed(), turn, context.hashCode());
      return (int) (uniform * FakeEncoder.UNITS);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        ledger.closed();
      }
    }
  }
}
