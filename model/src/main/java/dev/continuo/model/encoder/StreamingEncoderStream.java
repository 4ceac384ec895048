// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One recording in a {@link StreamingEncoder}: the samples that the next chunk needs, and the keys
 * and values of the chunks it may look back on, (heads, frames, head) a block.
 *
 * <p>Frame t's unit is known once the chunk it lies in, and the window's rest behind it, has
 * arrived. <i>Serialised by the caller.</i>
 */
final class StreamingEncoderStream implements SpeechEncoder.Stream {
  private static final int[] NONE = {};

  /** Most chunks a call, 1.28 s: weights are read from memory once for all of them. */
  private static final int BATCH = 8;

  /** Chunks after which rotary angles restart, an hour: float32 loses their digits later. */
  private static final int ANGLE_PERIOD_SLOTS = 1072;

  private final TorchModule module;
  private final EncoderShape shape;
  private final Tensor[] keys;
  private final Tensor[] values;
  private final int batch; // most chunks a call
  private final float[] window; // samples from `chunk`'s first, less its left context
  private int filled;
  private long taken; // samples given so far
  private int chunk; // the next one, counted from where the angles last started
  private boolean started;
  private long units; // given so far
  private boolean finished;
  private boolean closed;

  /**
   * An empty stream.
   *
   * @param rowsAreIndependent whether several chunks may be computed in one call: only where that
   *     cannot change a bit of any
   */
  StreamingEncoderStream(TorchModule module, EncoderShape shape, boolean rowsAreIndependent) {
    this.module = module;
    this.shape = shape;
    int slots = (shape.leftChunks() + 1) * shape.chunkFrames();
    int head = shape.width() / shape.heads();
    this.keys = caches(slots, head);
    this.values = caches(slots, head);
    this.batch = rowsAreIndependent ? BATCH : 1;
    this.window = new float[samples(batch)];
    this.filled = shape.leftSamples();
  }

  private Tensor[] caches(int slots, int head) {
    Tensor[] caches = new Tensor[shape.layers()];
    for (int i = 0; i < caches.length; i++) {
      caches[i] = module.zeros(shape.heads(), slots, head);
    }
    return caches;
  }

  /** Samples that so many chunks need. */
  private int samples(int chunks) {
    return shape.leftSamples() + chunks * shape.samplesPerChunk() + shape.rightSamples();
  }

  @Override
  public int[] push(float[] samples, int offset, int length) {
    List<Tensor> results = new ArrayList<>();
    take(samples, offset, length, "units", results);
    return join(results);
  }

  @Override
  public int[] finish() {
    List<Tensor> results = new ArrayList<>();
    end("units", results);
    return join(results);
  }

  /** As {@link #push}, with the results of any method of the script on chunks of samples. */
  void take(float[] samples, int offset, int length, String method, List<Tensor> results) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    open();
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int n = Math.min(end - at, window.length - filled);
      System.arraycopy(samples, at, window, filled, n);
      filled += n;
      at += n;
      taken += n;
      int chunks = at < end ? batch : (filled - samples(0)) / shape.samplesPerChunk();
      if (chunks > 0) {
        results.add(compute(method, chunks, chunks * shape.chunkFrames()));
      }
    }
  }

  /** As {@link #finish}, with the results of any method of the script on chunks of samples. */
  void end(String method, List<Tensor> results) {
    open();
    finished = true;
    int rest = (int) (shape.units(taken) - units);
    while (rest > 0) { // at high unit rates what waits can be more than a chunk
      Arrays.fill(window, filled, window.length, 0);
      int frames = Math.min(rest, shape.chunkFrames());
      results.add(compute(method, 1, frames));
      rest -= frames;
    }
  }

  /** Runs {@code method} on the next chunks and moves on; the result is owned by the caller. */
  private Tensor compute(String method, int chunks, int frames) {
    int length = samples(chunks);
    float[] needed = length == window.length ? window : Arrays.copyOf(window, length);
    try (Tensor samples = module.tensor(needed, length)) {
      Tensor result = module.call(method, samples, chunk, frames, started, keys, values);
      started = true;
      units += frames;
      chunk += chunks;
      int step = chunks * shape.samplesPerChunk();
      System.arraycopy(window, step, window, 0, window.length - step);
      filled = Math.max(0, filled - step);
      restartAngles();
      return result;
    }
  }

  private void restartAngles() {
    int slots = shape.leftChunks() + 1;
    int period = ANGLE_PERIOD_SLOTS * slots;
    if (chunk >= period + slots) {
      chunk -= period;
      module.callForLong("turn_back", (long) period * shape.chunkFrames(), keys);
    }
  }

  private static int[] join(List<Tensor> results) {
    int[] out = NONE;
    for (Tensor result : results) {
      try (result) {
        int[] more = Arrays.stream(result.toLongs()).mapToInt(Math::toIntExact).toArray();
        int[] all = Arrays.copyOf(out, out.length + more.length);
        System.arraycopy(more, 0, all, out.length, more.length);
        out = all;
      }
    }
    return out;
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
