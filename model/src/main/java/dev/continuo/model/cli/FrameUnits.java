// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.SpeechEncoder;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Collects the units of one stream, which is given samples as they come or in blocks.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FrameUnits implements AutoCloseable {
  private final SpeechEncoder.Stream stream;
  private final float[] block;
  private int[] units = new int[1024];
  private int count;
  private int waiting;
  private long nanos; // of the calling thread, spent in the stream

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
      encode(samples, samples.length);
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
    long start = processorNanos();
    int[] last = stream.finish();
    nanos += processorNanos() - start;
    count -= stream.withdrawn();
    add(last);
    return Arrays.copyOf(units, count);
  }

  /** How many units the end replaced. */
  int withdrawn() {
    return stream.withdrawn();
  }

  /** Processor time that the encoder took of the calling thread so far. */
  long nanos() {
    return nanos;
  }

  /** Of the thread, as waiting for others says nothing of the encoder. */
  private static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @Override
  public void close() {
    stream.close();
  }

  private void flush() {
    encode(block, waiting);
    waiting = 0;
  }

  private void encode(float[] samples, int length) {
    long start = processorNanos();
    int[] some = stream.push(samples, 0, length);
    nanos += processorNanos() - start;
    add(some);
  }

  private void add(int[] some) {
    if (count + some.length > units.length) {
      units = Arrays.copyOf(units, Math.max(2 * units.length, count + some.length));
    }
    System.arraycopy(some, 0, units, count, some.length);
    count += some.length;
  }
}
