// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.Outcome;
import dev.continuo.model.Samples;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one stream does in a step that it may share with others: takes units, and may end its
 * utterance then.
 *
 * <p>The step is as many calls of the script as the one needs that has most groups: in each,
 * everybody's next. If a call fails, each goes alone, and who fails then has failed. <i>Serialised
 * by the caller.</i>
 */
final class SourceFilterTurn {
  private static final int GROUP = SourceFilterStream.GROUP;
  private static final long NOT_KNOWN = 1L << 40;

  private final SourceFilterStream stream;
  private final int[] frameUnits;
  private final boolean last;
  private float[] samples = {};
  private int at;
  private boolean ending;
  private long start; // of the group that comes, in units
  private long end = NOT_KNOWN; // of the utterance
  private @Nullable RuntimeException failure;

  private SourceFilterTurn(SourceFilterStream stream, int[] frameUnits, boolean last) {
    this.stream = stream;
    this.frameUnits = frameUnits;
    this.last = last;
    try {
      stream.begin(frameUnits, last);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  static SourceFilterTurn of(UnitVocoder.Step step) {
    return new SourceFilterTurn((SourceFilterStream) step.stream(), step.frameUnits(), step.last());
  }

  /**
   * Does a step for streams of one vocoder, each once.
   *
   * @param together whether rows of others cannot change a bit of anybody's
   */
  static void run(TorchModule module, List<SourceFilterTurn> turns, boolean together) {
    while (true) {
      List<SourceFilterTurn> now = turns.stream().filter(SourceFilterTurn::prepare).toList();
      if (now.isEmpty()) {
        return;
      }
      if (!together || now.size() == 1 || !compute(module, now)) {
        now.forEach(turn -> turn.alone(module));
      }
    }
  }

  /** Takes the next group; whether there is one. */
  private boolean prepare() {
    if (failure != null) {
      return false;
    }
    int taken = stream.take(frameUnits, at);
    at += taken;
    if (taken > 0 && stream.waiting() == 0) {
      start = stream.units() - GROUP;
      return true;
    }
    if (!last || stream.isComplete()) {
      return false;
    }
    if (ending) {
      start += GROUP;
    } else {
      ending = true;
      start = stream.units() - stream.waiting();
      end = stream.units(); // whatever the group has behind it counts for nothing
    }
    return true;
  }

  private void alone(TorchModule module) {
    try {
      call(module, List.of(this));
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private static boolean compute(TorchModule module, List<SourceFilterTurn> turns) {
    try {
      call(module, turns);
      return true;
    } catch (RuntimeException e) {
      return false; // the script replaces state when all else is done
    }
  }

  private static void call(TorchModule module, List<SourceFilterTurn> turns) {
    int streams = turns.size();
    long[] units = new long[streams * GROUP];
    Object[] arguments = new Object[3 + SourceFilterStream.STATES];
    long[] starts = new long[streams];
    long[] ends = new long[streams];
    for (int i = 0; i < streams; i++) {
      System.arraycopy(turns.get(i).stream.group(), 0, units, i * GROUP, GROUP);
      starts[i] = turns.get(i).start;
      ends[i] = turns.get(i).end;
    }
    arguments[1] = starts;
    arguments[2] = ends;
    for (int k = 0; k < SourceFilterStream.STATES; k++) {
      Tensor[] states = new Tensor[streams];
      for (int i = 0; i < streams; i++) {
        states[i] = turns.get(i).stream.state()[k];
      }
      arguments[3 + k] = states;
    }
    try (Tensor ids = module.tensor(units, streams, GROUP)) {
      arguments[0] = ids;
      try (Tensor waves = module.call("step", arguments)) {
        float[] all = waves.toFloats();
        int length = all.length / streams;
        for (int i = 0; i < streams; i++) {
          turns.get(i).take(Arrays.copyOfRange(all, i * length, (i + 1) * length));
        }
      }
    }
  }

  private void take(float[] wave) {
    samples = Samples.concat(samples, stream.advance(wave, start, end));
  }

  /** What it came to. */
  Outcome<float[]> samples() {
    return failure == null ? new Outcome<>(samples, null) : new Outcome<>(null, failure);
  }
}
