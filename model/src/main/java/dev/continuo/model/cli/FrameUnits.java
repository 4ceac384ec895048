// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.SpeechEncoder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Collects the units of one stream, which is given samples as they come or in blocks.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FrameUnits implements AutoCloseable {
  private final SpeechEncoder.Stream stream;
  private final float[] block;
  private final IntStream.Builder units = IntStream.builder();
  private int waiting;

  /**
   * Starts.
   *
   * @param stream closed by {@link #close}
   * @param blockSamples samples the stream is given at once; 0 for those of each {@link #push}
   */
  FrameUnits(SpeechEncoder.Stream stream, int blockSamples) {
    this.stream = stream;
    this.block = new float[blockSamples];
  }

  /** Takes samples, borrowed. */
  void push(float[] samples) {
    if (block.length == 0) {
      add(stream.push(samples, 0, samples.length));
      return;
    }
    for (int at = 0; at < samples.length; ) {
      int taken = Math.min(samples.length - at, block.length - waiting);
      System.arraycopy(samples, at, block, waiting, taken);
      at += taken;
      waiting += taken;
      if (waiting == block.length) {
        flush();
      }
    }
  }

  /** Ends the recording and returns all its units, one a frame. */
  int[] finish() {
    flush();
    add(stream.finish());
    return units.build().toArray();
  }

  @Override
  public void close() {
    stream.close();
  }

  private void flush() {
    add(stream.push(block, 0, waiting));
    waiting = 0;
  }

  private void add(int[] some) {
    Arrays.stream(some).forEach(units::add);
  }
}
