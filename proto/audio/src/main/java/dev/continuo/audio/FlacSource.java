// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jflac.ChannelData;
import org.jflac.FLACDecoder;
import org.jflac.frame.Frame;
import org.jflac.metadata.StreamInfo;
import org.jspecify.annotations.Nullable;

/**
 * FLAC, decoded a frame at a time by jFLAC.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FlacSource implements AudioSource {
  private final InputStream in;
  private final String name;
  private final FLACDecoder decoder;
  private final StreamInfo info;
  private float[] frame = {};
  private int at;
  private long samples;
  private boolean ended;

  private FlacSource(InputStream in, String name, FLACDecoder decoder, StreamInfo info) {
    this.in = in;
    this.name = name;
    this.decoder = decoder;
    this.info = info;
  }

  /**
   * Reads the header.
   *
   * @throws AudioFormatException if it is damaged or asks for what is not read here
   */
  static AudioSource open(InputStream in, String name) throws IOException {
    FLACDecoder decoder = new FLACDecoder(in);
    StreamInfo info;
    try {
      info = decoder.readStreamInfo();
      decoder.readMetadata(info);
    } catch (IOException | RuntimeException e) {
      throw new AudioFormatException(name, "has a damaged header", "FLAC", e);
    }
    if (!SampleRates.allow(info.getSampleRate())) {
      throw new AudioFormatException(
          name,
          "sample rate " + info.getSampleRate() + " Hz",
          SampleRates.MIN_HZ + ".." + SampleRates.MAX_HZ);
    }
    FlacSource source = new FlacSource(in, name, decoder, info);
    source.next();
    if (source.ended) {
      throw new AudioFormatException(name, "holds no samples", "one or more");
    }
    return source;
  }

  @Override
  public int sampleRateHz() {
    return info.getSampleRate();
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    while (at == frame.length && !ended) {
      next();
    }
    int n = Math.min(length, frame.length - at);
    if (n == 0) {
      return -1;
    }
    System.arraycopy(frame, at, buffer, offset, n);
    at += n;
    return n;
  }

  private void next() throws IOException {
    Frame decoded;
    try {
      decoded = decoder.readNextFrame();
      frame = decoded == null ? new float[0] : mono(decoded);
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
    if (decoder.getBadFrames() > 0) {
      throw damaged(null);
    }
    at = 0;
    samples += frame.length;
    ended = decoded == null;
    if (ended && samples < info.getTotalSamples()) {
      throw new AudioFormatException(
          name, "is cut after " + samples + " samples", info.getTotalSamples() + " of them");
    }
  }

  private AudioFormatException damaged(@Nullable Exception cause) {
    String problem = "is damaged after " + samples + " samples";
    return cause == null
        ? new AudioFormatException(name, problem, "FLAC")
        : new AudioFormatException(name, problem, "FLAC", cause);
  }

  private float[] mono(Frame decoded) {
    ChannelData[] channels = decoder.getChannelData();
    int count = decoded.header.channels;
    double scale = 1.0 / ((double) (1L << (decoded.header.bitsPerSample - 1)) * count);
    float[] mixed = new float[decoded.header.blockSize];
    for (int i = 0; i < mixed.length; i++) {
      long sum = 0;
      for (int c = 0; c < count; c++) {
        sum += channels[c].getOutput()[i];
      }
      mixed[i] = (float) (sum * scale);
    }
    return mixed;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
