// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;

/**
 * One utterance in a {@link SourceFilterVocoder}: the past inputs of each block, the phase and the
 * sums that wait for the frames ahead.
 *
 * <p>A group of units is computed when it is whole; its samples lie {@link
 * VocoderShape#delayFrames} behind. <i>Serialised by the caller.</i>
 */
final class SourceFilterStream implements UnitVocoder.Stream {
  /**
   * Units computed at once, 0.32 s: the fewest with which one step gives the first samples (units 0
   * to 6 are needed), and half the cost a unit of groups of four (docs/benchmarks).
   */
  static final int GROUP = 8;

  private static final long NOT_KNOWN = 1L << 40;
  private static final float[] NONE = {};

  private final TorchModule module;
  private final VocoderShape shape;
  private final Tensor[] state;
  private final long[] group = new long[GROUP];
  private long units;
  private long samples;
  private boolean finished;
  private boolean closed;

  SourceFilterStream(TorchModule module, VocoderShape shape) {
    this.module = module;
    this.shape = shape;
    int layers = shape.unitLayers() + shape.frameLayers();
    this.state =
        new Tensor[] {
          module.zeros(layers, shape.kernel() - 1, shape.width()),
          module.tensor(new double[2], 2),
          module.tensor(new double[1], 1),
          module.zeros(3, shape.hop()),
          module.zeros(2, shape.bins()),
          module.zeros(2, shape.bins()),
          module.zeros(3, shape.hop())
        };
  }

  @Override
  public float[] push(int[] frameUnits) {
    open();
    UnitRange.check(frameUnits, shape.units());
    float[] out = NONE;
    for (int unit : frameUnits) {
      group[(int) (units % GROUP)] = unit;
      units++;
      if (units % GROUP == 0) {
        out = step(out, units - GROUP, NOT_KNOWN);
      }
    }
    return out;
  }

  @Override
  public float[] finish() {
    open();
    finished = true;
    float[] out = NONE;
    Arrays.fill(group, (int) (units % GROUP), GROUP, 0);
    for (long start = units - units % GROUP;
        samples < units * shape.samplesPerUnit();
        start += GROUP) {
      out = step(out, start, units);
    }
    return out;
  }

  private float[] step(float[] out, long start, long end) {
    try (Tensor ids = module.tensor(group, GROUP);
        Tensor wave =
            module.call(
                "step", ids, start, end, state[0], state[1], state[2], state[3], state[4], state[5],
                state[6])) {
      float[] all = wave.toFloats();
      long first = start * shape.samplesPerUnit() - (long) shape.delayFrames() * shape.hop();
      int from = (int) Math.min(all.length, Math.max(0, -first));
      long last = end * shape.samplesPerUnit() - first;
      int to = (int) Math.max(from, Math.min(all.length, last));
      samples += to - from;
      float[] joined = Arrays.copyOf(out, out.length + to - from);
      System.arraycopy(all, from, joined, out.length, to - from);
      return joined;
    }
  }

  private void open() {
    if (finished || closed) {
      throw new IllegalStateException(closed ? "stream is closed" : "stream is finished");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (Tensor tensor : state) {
        tensor.close();
      }
    }
  }
}
