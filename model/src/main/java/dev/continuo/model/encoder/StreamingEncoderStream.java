// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
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
  /** Most chunks a call, 1.28 s: weights are read from memory once for all of them. */
  private static final int BATCH = 8;

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
    int batch = rowsAreIndependent ? BATCH : 1;
    this.window = new float[room(batch)];
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
  private int room(int chunks) {
    return shape.leftSamples() + chunks * shape.samplesPerChunk() + shape.rightSamples();
  }

  @Override
  public int[] push(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    return run(EncoderTurn.push(this, samples, offset, length)).pushed();
  }

  @Override
  public int[] finish() {
    return run(EncoderTurn.finish(this)).last();
  }

  private SpeechEncoder.Units run(EncoderTurn turn) {
    EncoderTurn.run(module, "units", List.of(turn), false);
    return turn.units().get();
  }

  /**
   * A step begins.
   *
   * @param last whether it ends the recording
   */
  void begin(boolean last) {
    if (finished || closed) {
      throw new IllegalStateException(closed ? "stream is closed" : "stream is finished");
    }
    finished = last;
  }

  /** Takes as many of these samples as there is room for, and says how many. */
  int take(float[] samples, int offset, int length) {
    int n = Math.min(length, window.length - filled);
    System.arraycopy(samples, offset, window, filled, n);
    filled += n;
    taken += n;
    return n;
  }

  /** Frames of the chunks that are whole. */
  int wholeFrames() {
    return Math.max(0, filled - room(0)) / shape.samplesPerChunk() * shape.chunkFrames();
  }

  /** Frames of the last audio, at most a chunk's: at high unit rates more can be waiting. */
  int lastFrames() {
    Arrays.fill(window, filled, window.length, 0);
    return (int) Math.min(shape.units(taken) - units, shape.chunkFrames());
  }

  /** Samples that the chunks of so many frames need. */
  int samples(int frames) {
    return room(chunks(frames));
  }

  private int chunks(int frames) {
    return (frames + shape.chunkFrames() - 1) / shape.chunkFrames();
  }

  /** Copies them, and says how many they are. */
  int copy(int frames, float[] to, int at) {
    int n = samples(frames);
    System.arraycopy(window, 0, to, at, n);
    return n;
  }

  /** The chunk that comes next, counted from where the angles last started. */
  int chunk() {
    return chunk;
  }

  /** Whether any has been computed. */
  boolean isStarted() {
    return started;
  }

  List<Tensor> keys() {
    return List.of(keys);
  }

  List<Tensor> values() {
    return List.of(values);
  }

  /** So many frames have been computed. */
  void advance(int frames) {
    int chunks = chunks(frames);
    started = true;
    units += frames;
    chunk += chunks;
    int step = chunks * shape.samplesPerChunk();
    System.arraycopy(window, step, window, 0, window.length - step);
    filled = Math.max(0, filled - step);
  }

  /**
   * Whether a call for so many frames that failed on its way can be made again: not where its last
   * chunks have taken the place of those that its first ones see.
   */
  boolean isRepeatable(int frames) {
    int chunks = chunks(frames);
    return chunks == 1 || chunk + chunks <= shape.leftChunks() + 1;
  }

  /** Before a call: keeps positions small. */
  void restartAngles() {
    int slots = shape.leftChunks() + 1;
    int period = ANGLE_PERIOD_SLOTS * slots;
    if (chunk >= period + slots) {
      chunk -= period;
      module.callForLong("turn_back", (long) period * shape.chunkFrames(), keys);
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
