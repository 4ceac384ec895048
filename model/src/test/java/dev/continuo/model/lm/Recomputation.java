// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * A sequence's history, and what it gives when it is computed from the start, alone and in a cache
 * of its own: the rules of {@link UnitLanguageModel.Sequence} told once more. It keeps no state of
 * the network; each answer runs through the whole history.
 *
 * <p>Passes begin at the start, at each draw, and every eight ids from there. What a slide moved
 * stays in the cache with the marks of what was forgotten, so passes and slides up to the last one
 * are run again as they were. <i>Serialised by the caller.</i>
 */
final class Recomputation {
  private static final int BLOCK = 8;

  private final CausalLanguageModel model;
  private final int starts;
  private final int room; // positions, start ids included
  private final List<Integer> ids = new ArrayList<>();
  private final TreeSet<Integer> begins = new TreeSet<>(List.of(0)); // of passes, blocks apart
  private final List<Moved> moved = new ArrayList<>();
  private int carried; // positions that are as the last slide left them
  private boolean ended;

  private record Pass(int start, List<Integer> ids) {}

  /** A slide and the passes before it, behind the slide before that. */
  private record Moved(List<Pass> passes, int from, int drop, int length) {}

  Recomputation(CausalLanguageModel model, int positions) {
    this.model = model;
    Arrays.stream(model.ids().startIds()).forEach(ids::add);
    this.starts = ids.size();
    this.room = starts + positions;
  }

  int length() {
    return ids.size() - starts;
  }

  boolean ended() {
    return ended;
  }

  /** Whether the cache carries what is no longer in the context. */
  boolean slid() {
    return !moved.isEmpty();
  }

  void give(int[] units) {
    ended &= units.length == 0;
    Arrays.stream(units).forEach(unit -> ids.add(model.ids().firstUnitId() + unit));
  }

  void drawn(int unit) {
    begins.add(ids.size());
    ended = unit == UnitLanguageModel.END;
    if (!ended) {
      ids.add(model.ids().firstUnitId() + unit);
    }
  }

  void truncate(int length) {
    cut(starts + length);
  }

  private void cut(int size) {
    ended = false;
    ids.subList(size, ids.size()).clear();
    begins.tailSet(Math.max(1, size), true).clear();
    if (carried >= size) {
      carried = size == 0 ? 0 : passStart(size - 1);
    }
  }

  void slide(int keep, int drop) {
    int from = starts + keep;
    int done = computed();
    if (drop == 0) {
      return;
    }
    List<Integer> rest = new ArrayList<>(ids.subList(from + drop, ids.size()));
    if (model.movable() && done > from + drop) {
      moved.add(new Moved(passes(done), from, drop, done));
      ids.subList(from, from + drop).clear();
      begins.tailSet(from, true).clear();
      for (int i = from; i <= done - drop; i++) {
        begins.add(i);
      }
      begins.add(0);
      carried = done - drop;
      cut(ids.size());
    } else {
      cut(from);
      ids.addAll(rest);
    }
  }

  private int passStart(int position) {
    int begin = begins.floor(position);
    return begin + (position - begin) / BLOCK * BLOCK;
  }

  /** Positions that whole passes have computed; the last id is left for its draw. */
  private int computed() {
    return ids.isEmpty() || begins.contains(ids.size()) ? ids.size() : passStart(ids.size() - 1);
  }

  /** Passes behind what the last slide left. */
  private List<Pass> passes(int end) {
    List<Pass> passes = new ArrayList<>();
    int next;
    for (int at = carried; at < end; at = next) {
      next = at + 1;
      while (next < end && passStart(next) == at) {
        next++;
      }
      passes.add(new Pass(at, List.copyOf(ids.subList(at, next))));
    }
    return passes;
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private Tokens rerun(KvCache cache) {
    for (Moved one : moved) {
      one.passes().forEach(pass -> fill(cache, pass));
      model.slide(cache, 0, one.from(), one.drop(), one.length());
    }
    int done = computed();
    passes(done).forEach(pass -> fill(cache, pass));
    Tokens pending = new Tokens();
    pending.add(0, done, array(ids.subList(done, ids.size())));
    return pending;
  }

  private void fill(KvCache cache, Pass pass) {
    Tokens tokens = new Tokens();
    tokens.add(0, pass.start(), array(pass.ids()));
    model.fill(cache, tokens);
  }

  /** Logits of what waits for a draw, in the passes of the history. */
  float[] logits() {
    try (KvCache cache = model.newCache(1, room)) {
      return model.logits(cache, rerun(cache));
    }
  }

  /** The last of them when the context is computed in one pass, as if nothing had ever happened. */
  float[] logitsOfOnePass() {
    try (KvCache cache = model.newCache(1, room)) {
      Tokens tokens = new Tokens();
      tokens.add(0, 0, array(ids));
      float[] all = model.logits(cache, tokens);
      return Arrays.copyOfRange(all, all.length - all.length / ids.size(), all.length);
    }
  }

  /** The unit that is drawn next. */
  int next(Sampling sampling, int turn) {
    DrawSettings how = new DrawSettings(1);
    how.set(0, sampling, CounterHash.uniform(sampling.seed(), turn, length()));
    if (sampling.repetitionPenalty() != 1) {
      int[] indexOf = model.draws().indexOf();
      how.penalise(
          0, ids.stream().distinct().mapToInt(id -> indexOf[id]).filter(i -> i >= 0).toArray());
    }
    try (KvCache cache = model.newCache(1, room)) {
      return model.step(cache, rerun(cache), how)[0];
    }
  }
}
