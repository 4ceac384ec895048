// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads WAV: PCM of 8 to 32 bits, float, mu-law and A-law, any number of channels.
 *
 * <p>Gives samples as soon as one frame is there, so a live stream is not held up. What follows the
 * samples is not read. <i>Serialised by the caller.</i>
 */
final class WavSource implements AudioSource {
  private static final int BUFFER_BYTES = 1 << 14;

  /** Above this, 24 dB over full scale, a floating-point file is taken as wrongly scaled. */
  private static final float MAX_MAGNITUDE = 16;

  private final InputStream in;
  private final String name;
  private final WavFormat format;
  private final boolean untilEnd;
  private final byte[] raw;
  private int rawBytes;
  private long dataBytesTaken;
  private long dataBytesLeft;
  private long framesRead;

  private WavSource(InputStream in, String name, WavHeader header) {
    this.in = in;
    this.name = name;
    this.format = header.format();
    this.untilEnd = header.dataBytes() == WavHeader.UNTIL_END;
    this.dataBytesLeft = untilEnd ? Long.MAX_VALUE / 2 : header.dataBytes();
    int frameBytes = format.frameBytes();
    this.raw = new byte[Math.max(1, BUFFER_BYTES / frameBytes) * frameBytes];
  }

  /**
   * Reads the header.
   *
   * @param in stands at the start of the file; closed by the source, or by the caller if this
   *     throws
   * @param name what messages call it
   * @throws AudioFormatException if the header is cut, wrong or of a kind not read here, or there
   *     are no samples
   */
  static AudioSource open(InputStream in, String name) throws IOException {
    BufferedInputStream buffered =
        in instanceof BufferedInputStream already ? already : new BufferedInputStream(in);
    return new WavSource(buffered, name, WavHeader.read(buffered, name));
  }

  @Override
  public int sampleRateHz() {
    return format.rateHz();
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    int frameBytes = format.frameBytes();
    long wanted = Math.min((long) length * frameBytes, raw.length);
    int limit = (int) Math.min(wanted, rawBytes + dataBytesLeft);
    if (limit == 0) {
      return -1;
    }
    while (rawBytes < frameBytes) {
      int n = in.read(raw, rawBytes, limit - rawBytes);
      if (n < 0) {
        return end();
      }
      rawBytes += n;
      dataBytesTaken += n;
      dataBytesLeft -= n;
    }
    int frames = Math.min(rawBytes, limit) / frameBytes;
    decode(buffer, offset, frames);
    int used = frames * frameBytes;
    System.arraycopy(raw, used, raw, 0, rawBytes - used);
    rawBytes -= used;
    framesRead += frames;
    return frames;
  }

  private void decode(float[] buffer, int offset, int frames) throws AudioFormatException {
    WavEncoding encoding = format.encoding();
    int channels = format.channels();
    int at = 0;
    for (int frame = 0; frame < frames; frame++) {
      double sum = 0;
      for (int channel = 0; channel < channels; channel++) {
        double sample = encoding.sample(raw, at);
        if (!(Math.abs(sample) <= MAX_MAGNITUDE)) {
          throw new AudioFormatException(
              name, "sample " + (framesRead + frame) + " is " + (float) sample, "-1..1");
        }
        sum += sample;
        at += encoding.bytes();
      }
      buffer[offset + frame] = (float) (sum / channels);
    }
  }

  /** At the end of the stream; one byte past an odd number of them may be the chunk's padding. */
  private int end() throws AudioFormatException {
    if (untilEnd && (rawBytes == 0 || (rawBytes == 1 && dataBytesTaken % 2 == 0))) {
      return -1;
    }
    String expected =
        untilEnd
            ? "whole frames of " + format.frameBytes() + " bytes"
            : (dataBytesTaken + dataBytesLeft) + " bytes of samples";
    throw new AudioFormatException(
        name, "is cut after " + dataBytesTaken + " bytes of samples", expected);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
