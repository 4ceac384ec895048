// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;
import java.util.List;

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

  /** Tensors of {@link #state}. */
  static final int STATES = 7;

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
    return run(frameUnits, false);
  }

  @Override
  public float[] finish() {
    return run(new int[0], true);
  }

  private float[] run(int[] frameUnits, boolean last) {
    SourceFilterTurn turn = SourceFilterTurn.of(new UnitVocoder.Step(this, frameUnits, last));
    SourceFilterTurn.run(module, List.of(turn), false);
    return turn.samples().get();
  }

  /**
   * A step begins.
   *
   * @param last whether it ends the utterance
   */
  void begin(int[] frameUnits, boolean last) {
    if (finished || closed) {
      throw new IllegalStateException(closed ? "stream is closed" : "stream is finished");
    }
    UnitRange.check(frameUnits, shape.units());
    finished = last;
  }

  /** Takes units until a group is whole, and says how many. */
  int take(int[] frameUnits, int from) {
    int at = from;
    while (at < frameUnits.length && (at == from || units % GROUP > 0)) {
      group[(int) (units % GROUP)] = frameUnits[at++];
      units++;
    }
    return at - from;
  }

  /** Units of the group that is not whole. */
  int waiting() {
    return (int) (units % GROUP);
  }

  /** Units taken. */
  long units() {
    return units;
  }

  /** Whether all samples of the units taken have been given. */
  boolean isComplete() {
    return samples >= units * shape.samplesPerUnit();
  }

  /** The group to be computed, in place. */
  long[] group() {
    return group;
  }

  /** State of the network for this utterance, as its script has it. */
  Tensor[] state() {
    return state;
  }

  /**
   * A group has been computed.
   *
   * @param all samples of its frames, which lie behind; borrowed
   * @param start its first unit
   * @param end units of the utterance, where known
   * @return those within the utterance
   */
  float[] advance(float[] all, long start, long end) {
    long first = start * shape.samplesPerUnit() - (long) shape.delayFrames() * shape.hop();
    int from = (int) Math.min(all.length, Math.max(0, -first));
    long last = end * shape.samplesPerUnit() - first;
    int to = (int) Math.max(from, Math.min(all.length, last));
    samples += to - from;
    return Arrays.copyOfRange(all, from, to);
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
