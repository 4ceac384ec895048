// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import java.util.Arrays;

/**
 * One sequence with a cache of one row.
 *
 * <p>Given units are run through the network in blocks that start at multiples of {@link
 * #PREFILL_BLOCK} from the first one given after a draw; what does not fill a block waits for the
 * next draw. So the passes, and with them every bit of the result, depend on positions only and not
 * on how a prompt was split. <i>Serialised by the caller.</i>
 */
final class LlamaSequence implements UnitLanguageModel.Sequence {
  /** Units run at once: twice the cost of one, and what is left at the end of a prompt is short. */
  static final int PREFILL_BLOCK = 8;

  private final LlamaModel model;
  private final KvCache cache;
  private final int[] pending = new int[PREFILL_BLOCK];
  private int waiting;
  private int done; // positions whose keys and values are in the cache
  private boolean ended;
  private boolean closed;

  LlamaSequence(LlamaModel model, int positions) {
    this.model = model;
    this.cache = model.newCache(1, positions);
  }

  @Override
  public int length() {
    return done + waiting;
  }

  @Override
  public int positions() {
    return cache.positions();
  }

  @Override
  public void append(int[] units) {
    open();
    if (units.length > positions() - length()) {
      throw new IllegalArgumentException(
          "units: "
              + units.length
              + " more than "
              + length()
              + " (expected: at most "
              + positions()
              + " in all)");
    }
    for (int i = 0; i < units.length; i++) {
      if (units[i] < 0 || units[i] >= model.unitCount()) {
        throw new IllegalArgumentException(
            "units[" + i + "]: " + units[i] + " (expected: 0 to " + (model.unitCount() - 1) + ")");
      }
    }
    for (int unit : units) {
      if (waiting == PREFILL_BLOCK) {
        model.fill(cache, tokens());
        done += waiting;
        waiting = 0;
      }
      pending[waiting++] = model.ids().firstUnitId() + unit;
    }
  }

  @Override
  public int next(Sampling sampling, int turn) {
    open();
    if (waiting == 0 || length() == positions()) {
      throw new IllegalStateException(
          waiting == 0 ? "sequence is empty" : "sequence is full: " + length() + " positions");
    }
    double uniform = CounterHash.uniform(sampling.seed(), turn, length());
    double[] how = {sampling.temperature(), sampling.topK(), sampling.topP(), uniform};
    int unit = model.step(cache, tokens(), how)[0];
    done += waiting;
    waiting = 0;
    if (unit == UnitLanguageModel.END) {
      ended = true;
    } else {
      pending[waiting++] = model.ids().firstUnitId() + unit;
    }
    return unit;
  }

  private Tokens tokens() {
    Tokens tokens = new Tokens();
    tokens.add(0, done, Arrays.copyOf(pending, waiting));
    return tokens;
  }

  private void open() {
    if (closed || ended) {
      throw new IllegalStateException(closed ? "sequence is closed" : "sequence has ended");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cache.close();
    }
  }
}
