// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.Rendering;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;

/**
 * One utterance in a {@link CodeHifiganVocoder}: the past inputs of each layer.
 *
 * <p>Exactly, a group's samples lie {@link CodeHifiganShape#lagSamples} behind its frames. Most of
 * that is the first stage's, at the lowest rate. With less look-ahead the first stage also looks at
 * a future of nothing, on a copy of its state, and hands rows on before they are certain; the later
 * stages take them as they are. <i>Serialised by the caller.</i>
 */
final class CodeHifiganStream implements UnitVocoder.Stream {
  /** Fewest frames computed at once. */
  static final int GROUP_FRAMES = 8;

  /**
   * Fewest samples computed at once, 0.32 s at 16 kHz: of fewer, the calls for each layer cost more
   * than a tenth of the whole.
   */
  private static final int GROUP_SAMPLES = 5120;

  private static final long NOT_KNOWN = 1L << 40;
  private static final float[] NONE = {};

  private final TorchModule module;
  private final CodeHifiganShape shape;
  private final int speaker;
  private final int style;
  private final int uncertainRows; // of the first stage, handed on before they are certain
  private final Tensor[] state;
  private final long[] group;
  private long frames;
  private long rows; // of the first stage, handed on
  private long samples; // given out
  private boolean finished;
  private boolean closed;

  /** Frames to compute at once. */
  static int groupFrames(CodeHifiganShape shape) {
    return Math.max(GROUP_FRAMES, -Math.floorDiv(-GROUP_SAMPLES, shape.samplesPerFrame()));
  }

  /**
   * An empty utterance.
   *
   * @param groupFrames frames computed at once
   */
  CodeHifiganStream(
      TorchModule module, CodeHifiganShape shape, Rendering rendering, int groupFrames) {
    this.group = new long[groupFrames];
    this.module = module;
    this.shape = shape;
    this.speaker = shape.speakers() > 0 ? rendering.speaker() : -1;
    this.style = shape.styles() > 0 ? rendering.style() : -1;
    this.uncertainRows = shape.uncertainRows(rendering.lookAheadFrames());
    this.rows = uncertainRows == 0 ? -shape.frontLag() : 0;
    this.state =
        shape.states().stream()
            .map(s -> s.length == 2 ? module.zeros(s) : module.call("silence", s[1], s[3]))
            .toArray(Tensor[]::new);
  }

  @Override
  public float[] push(int[] frameUnits) {
    open();
    UnitRange.check(frameUnits, shape.units());
    float[] out = NONE;
    for (int unit : frameUnits) {
      group[(int) (frames % group.length)] = unit;
      frames++;
      if (frames % group.length == 0) {
        out = step(out, frames - group.length, NOT_KNOWN);
      }
    }
    return out;
  }

  @Override
  public float[] finish() {
    open();
    finished = true;
    float[] out = NONE;
    Arrays.fill(group, (int) (frames % group.length), group.length, 0);
    for (long start = frames - frames % group.length;
        samples < frames * shape.samplesPerFrame();
        start += group.length) {
      out = step(out, start, frames);
    }
    return out;
  }

  /** Computes a group and appends the samples that this makes known. */
  private float[] step(float[] out, long start, long end) {
    try (Tensor units = module.tensor(group, group.length);
        Tensor certain = module.call("front", units, start, end, speaker, style, state)) {
      if (uncertainRows == 0) {
        return back(out, certain, end);
      }
      return handOn(out, certain, start, end);
    }
  }

  /** Completes the certain rows with uncertain ones and hands on those not yet handed on. */
  private float[] handOn(float[] out, Tensor certain, long start, long end) {
    int rate = shape.rates().get(0);
    long first = start * rate - shape.frontLag();
    long next = start + group.length;
    if (end != NOT_KNOWN) {
      try (Tensor wanted = module.call("rest", certain, rows - first)) {
        return back(out, wanted, end);
      }
    }
    int frames = -Math.floorDiv(-uncertainRows, rate);
    long until = next * rate - shape.frontLag() + uncertainRows;
    try (Tensor ahead = module.call("ahead", frames, next, speaker, style, state);
        Tensor wanted = module.call("join", certain, ahead, rows - first, until - rows)) {
      return back(out, wanted, end);
    }
  }

  private float[] back(float[] out, Tensor wanted, long end) {
    long count = wanted.shape()[0];
    if (count == 0) {
      return out;
    }
    int rate = shape.rates().get(0);
    try (Tensor wave = module.call("back", wanted, rows, end * rate, state)) {
      float[] all = wave.toFloats();
      int hop = shape.samplesPerFrame();
      long first = rows * (hop / rate) - shape.backLag();
      rows += count;
      int from = (int) Math.min(all.length, Math.max(0, -first));
      int to = (int) Math.max(from, Math.min(all.length, end * hop - first));
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
