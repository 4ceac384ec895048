// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;
import java.util.Objects;

/**
 * One recording in a {@link StreamingEncoder}: the samples that the next chunk needs, and the keys
 * and values of the chunks it may look back on, (1, heads, slots, head) a block.
 *
 * <p>Frame t's unit is known once the chunk it lies in, and the window's rest behind it, has
 * arrived. <i>Serialised by the caller.</i>
 */
final class StreamingEncoderStream implements SpeechEncoder.Stream {
  private static final int[] NONE = {};

  /** Chunks after which rotary angles restart, an hour: float32 loses their digits later. */
  private static final int ANGLE_PERIOD_SLOTS = 1072;

  private final TorchModule module;
  private final EncoderShape shape;
  private final Tensor[] keys;
  private final Tensor[] values;
  private final float[] window; // samples from `chunk`'s first, less its left context
  private int filled;
  private long taken; // samples given so far
  private int chunk; // the next one, counted from where the angles last started
  private boolean started;
  private long units; // given so far
  private boolean finished;
  private boolean closed;

  StreamingEncoderStream(TorchModule module, EncoderShape shape) {
    this.module = module;
    this.shape = shape;
    int slots = (shape.leftChunks() + 1) * shape.chunkFrames();
    int head = shape.width() / shape.heads();
    this.keys = caches(slots, head);
    this.values = caches(slots, head);
    this.window =
        new float[shape.leftSamples() + shape.samplesPerChunk() + shape.rightSamples()];
    this.filled = shape.leftSamples();
  }

  private Tensor[] caches(int slots, int head) {
    Tensor[] caches = new Tensor[shape.layers()];
    for (int i = 0; i < caches.length; i++) {
      caches[i] = module.zeros(1, shape.heads(), slots, head);
    }
    return caches;
  }

  @Override
  public int[] push(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    open();
    int[] out = NONE;
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int n = Math.min(end - at, window.length - filled);
      System.arraycopy(samples, at, window, filled, n);
      filled += n;
      at += n;
      taken += n;
      if (filled == window.length) {
        out = append(out, compute("units", shape.chunkFrames()));
      }
    }
    return out;
  }

  @Override
  public int[] finish() {
    open();
    finished = true;
    int rest = (int) (shape.units(taken) - units);
    if (rest == 0) {
      return NONE;
    }
    Arrays.fill(window, filled, window.length, 0);
    return append(NONE, compute("units", rest));
  }

  /** Runs {@code method} on the next chunk and moves on; the result is owned by the caller. */
  private Tensor compute(String method, int frames) {
    try (Tensor samples = module.tensor(window, window.length)) {
      Tensor result =
          module.call(method, samples, chunk, frames, started, keys, values);
      started = true;
      units += frames;
      chunk++;
      int step = shape.samplesPerChunk();
      System.arraycopy(window, step, window, 0, window.length - step);
      filled = window.length - step;
      int slots = shape.leftChunks() + 1;
      if (chunk == ANGLE_PERIOD_SLOTS * slots + slots) {
        chunk -= ANGLE_PERIOD_SLOTS * slots;
        long frames0 = (long) ANGLE_PERIOD_SLOTS * slots * shape.chunkFrames();
        module.callForLong("turn_back", frames0, keys);
      }
      return result;
    }
  }

  private static int[] append(int[] out, Tensor units) {
    try (units) {
      long[] more = units.toLongs();
      int[] all = Arrays.copyOf(out, out.length + more.length);
      for (int i = 0; i < more.length; i++) {
        all[out.length + i] = Math.toIntExact(more[i]);
      }
      return all;
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
      for (int i = 0; i < keys.length; i++) {
        keys[i].close();
        values[i].close();
      }
    }
  }
}
