// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes WAV: 16-bit PCM of one channel.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class WavWriter implements Closeable {
  private static final int HEADER_BYTES = 44;
  private static final int BLOCK_SAMPLES = 4096;

  /** What a RIFF size, which counts all but its own 8 bytes, leaves for samples. */
  private static final long MAX_DATA_BYTES = 0xffffffffL - 1 - (HEADER_BYTES - 8);

  private final OutputStream out;
  private final @Nullable AtomicFile file;
  private final int rateHz;
  private final byte[] block = new byte[2 * BLOCK_SAMPLES];
  private boolean started;
  private boolean closed;
  private long samples;
  private long clippedSamples;

  /**
   * Writes to a stream, in which no size can be known before the end: both say 0xffffffff.
   *
   * @param out closed by {@link #close}; nothing is held back from it
   * @param rateHz samples per second, 8000 to 96000
   * @throws IllegalArgumentException if the rate is out of range
   */
  public WavWriter(OutputStream out, int rateHz) {
    this(out, null, rateHz);
  }

  private WavWriter(OutputStream out, @Nullable AtomicFile file, int rateHz) {
    this.out = out;
    this.file = file;
    this.rateHz = SampleRates.require("rateHz", rateHz);
  }

  /**
   * Writes to a file, which appears on {@link #commit}.
   *
   * @param rateHz samples per second, 8000 to 96000
   * @throws IOException as {@link AtomicFile#create}
   * @throws IllegalArgumentException if the rate is out of range
   */
  public static WavWriter create(Path target, int rateHz) throws IOException {
    SampleRates.require("rateHz", rateHz);
    AtomicFile file = AtomicFile.create(target);
    return new WavWriter(file.stream(), file, rateHz);
  }

  /**
   * Writes samples, rounded to the nearest of 16 bits; what exceeds -1..1 is clipped and counted.
   *
   * @param buffer full scale is -1 to 1; borrowed
   * @param offset index of the first sample
   * @param length number of samples
   * @throws IOException if they cannot be written, or a file would become longer than a WAV can be
   * @throws IllegalArgumentException if a sample is not a number; those before it may be written
   * @throws IndexOutOfBoundsException if the range is not within {@code buffer}
   */
  public void write(float[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (file != null && 2 * (samples + length) > MAX_DATA_BYTES) {
      throw new IOException(
          (samples + length)
              + " samples in one WAV (expected: at most "
              + MAX_DATA_BYTES / 2
              + ")");
    }
    start();
    for (int done = 0; done < length; ) {
      int count = Math.min(BLOCK_SAMPLES, length - done);
      for (int i = 0; i < count; i++) {
        int sample = pcm16(buffer[offset + done + i]);
        block[2 * i] = (byte) sample;
        block[2 * i + 1] = (byte) (sample >> 8);
      }
      out.write(block, 0, 2 * count);
      samples += count;
      done += count;
    }
  }

  /** Samples written that exceeded -1..1. */
  public long clippedSamples() {
    return clippedSamples;
  }

  /**
   * Ends the recording: a file gets its sizes and appears under its name, a stream is flushed.
   *
   * @throws IOException if that fails; a file's target is then as it was
   */
  public void commit() throws IOException {
    start();
    out.flush();
    if (file == null) {
      return;
    }
    if (file.rewritable()) {
      ByteBuffer header = header(2 * samples);
      for (int at = 0; header.hasRemaining(); ) {
        at += file.channel().write(header, at);
      }
    }
    file.commit();
  }

  /** Closes the stream, or deletes a file that was not committed. A second call does nothing. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (file != null) {
      file.close();
      return;
    }
    try (out) {
      start();
    }
  }

  private void start() throws IOException {
    if (!started) {
      started = true;
      ByteBuffer header = header(0xffffffffL);
      byte[] bytes = new byte[HEADER_BYTES];
      header.get(bytes);
      out.write(bytes);
    }
  }

  private int pcm16(float sample) {
    if (Float.isNaN(sample)) {
      throw new IllegalArgumentException("sample: NaN (expected: -1..1)");
    }
    if (Math.abs(sample) > 1) {
      clippedSamples++;
    }
    return Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
  }

  private ByteBuffer header(long dataBytes) {
    long riffBytes = Math.min(dataBytes + HEADER_BYTES - 8, 0xffffffffL);
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(id("RIFF"))
        .putInt((int) riffBytes)
        .put(id("WAVEfmt "))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(rateHz)
        .putInt(2 * rateHz)
        .putShort((short) 2)
        .putShort((short) 16)
        .put(id("data"))
        .putInt((int) dataBytes)
        .flip();
  }

  private static byte[] id(String id) {
    return id.getBytes(StandardCharsets.US_ASCII);
  }
}
