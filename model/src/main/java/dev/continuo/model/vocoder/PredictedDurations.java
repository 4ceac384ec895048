// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;

/**
 * Durations of one utterance's deduplicated units: each needs the two units before and behind it.
 *
 * <p>A duration is computed from a window of five whatever arrives at once. <i>Serialised by the
 * caller.</i>
 */
final class PredictedDurations implements UnitVocoder.Durations {
  private static final int CONTEXT = 2;
  private static final int WINDOW = 2 * CONTEXT + 1;
  private static final long NOT_KNOWN = 1L << 40;

  private final TorchModule module;
  private final int unitCount;
  private final int longestFrames;
  private final long[] window = new long[WINDOW]; // the last five units given
  private long units;
  private boolean finished;
  private boolean closed;

  /**
   * An empty utterance.
   *
   * @param module has {@code durations}
   * @param longestFrames what longer durations are cut to
   */
  PredictedDurations(TorchModule module, int unitCount, int longestFrames) {
    this.module = module;
    this.unitCount = unitCount;
    this.longestFrames = longestFrames;
  }

  @Override
  public int[] push(int[] given) {
    open();
    UnitRange.check(given, unitCount);
    int[] out = new int[given.length];
    int known = 0;
    for (int unit : given) {
      shift(unit);
      units++;
      if (units > CONTEXT) {
        out[known++] = predict(units - 1 - CONTEXT, NOT_KNOWN);
      }
    }
    return Arrays.copyOf(out, known);
  }

  @Override
  public int[] finish() {
    open();
    finished = true;
    int waiting = (int) Math.min(CONTEXT, units);
    int[] out = new int[waiting];
    for (int i = 0; i < CONTEXT; i++) {
      shift(0);
      long unit = units - CONTEXT + i;
      if (unit >= 0) {
        out[(int) (unit - units + waiting)] = predict(unit, units);
      }
    }
    return out;
  }

  private void shift(long unit) {
    System.arraycopy(window, 1, window, 0, WINDOW - 1);
    window[WINDOW - 1] = unit;
  }

  private int predict(long unit, long end) {
    try (Tensor ids = module.tensor(window, WINDOW);
        Tensor frames = module.call("durations", ids, unit, end, longestFrames)) {
      return Math.toIntExact(frames.toLongs()[0]);
    }
  }

  private void open() {
    if (finished || closed) {
      throw new IllegalStateException(closed ? "stream is closed" : "stream is finished");
    }
  }

  /** Nothing native is held between calls. */
  @Override
  public void close() {
    closed = true;
  }
}
