// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
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
  private static final System.Logger LOG = System.getLogger(FlacSource.class.getName());
  private static final int MAGIC_BYTES = 4;
  private static final int BLOCK_HEADER_BYTES = 4;
  private static final int STREAMINFO_BYTES = 34;
  private static final int LAST = 0x80;
  private static final int TYPE = 0x7f;

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
    FLACDecoder decoder = new FLACDecoder(new Bounded(withoutMetadata(in, name)));
    StreamInfo info;
    try {
      info = decoder.readStreamInfo();
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

  /**
   * The stream with no metadata but STREAMINFO, the first: jFLAC would take the lengths in the
   * others (pictures, comments) at their word and allocate as much.
   */
  private static InputStream withoutMetadata(InputStream in, String name) throws IOException {
    byte[] head = in.readNBytes(MAGIC_BYTES + BLOCK_HEADER_BYTES + STREAMINFO_BYTES);
    int first = MAGIC_BYTES;
    if (head.length < MAGIC_BYTES + BLOCK_HEADER_BYTES + STREAMINFO_BYTES
        || (head[first] & TYPE) != 0
        || length(head, first) != STREAMINFO_BYTES) {
      throw new AudioFormatException(name, "has no STREAMINFO at its start", "FLAC");
    }
    boolean last = (head[first] & LAST) != 0;
    while (!last) {
      byte[] block = in.readNBytes(BLOCK_HEADER_BYTES);
      if (block.length < BLOCK_HEADER_BYTES) {
        throw new AudioFormatException(name, "is cut in its header", "FLAC");
      }
      last = (block[0] & LAST) != 0;
      long left = length(block, 0);
      while (left > 0) {
        long skipped = in.readNBytes((int) Math.min(left, 1 << 16)).length;
        if (skipped == 0) {
          throw new AudioFormatException(name, "is cut in its header", "FLAC");
        }
        left -= skipped;
      }
    }
    head[first] |= (byte) LAST;
    return new SequenceInputStream(new ByteArrayInputStream(head), in);
  }

  private static int length(byte[] block, int at) {
    return (block[at + 1] & 0xff) << 16 | (block[at + 2] & 0xff) << 8 | (block[at + 3] & 0xff);
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
    Frame decoded = null;
    frame = new float[0];
    long total = info.getTotalSamples();
    try {
      // asked for more than all, jFLAC would read the same bytes again and again
      decoded = total > 0 && samples >= total ? null : decoder.readNextFrame();
      if (decoded != null) {
        frame = mono(decoded);
      }
    } catch (Exhausted e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: no frame up to the end", name);
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
    if (decoder.getBadFrames() > 0) {
      throw damaged(null);
    }
    at = 0;
    samples += frame.length;
    ended = decoded == null;
    if (ended && samples < total) {
      throw new AudioFormatException(
          name, "is cut after " + samples + " samples", total + " of them");
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

  /** Says that a stream has long been at its end. <i>Immutable.</i> */
  private static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exhausted() {
      super("read behind the end", null, false, false);
    }
  }

  /**
   * A stream that ends for good: jFLAC, looking for the next frame, would go on reading at the end
   * for ever.
   *
   * <p><i>Serialised by the caller.</i>
   */
  private static final class Bounded extends FilterInputStream {
    private static final int READS_AT_END = 100;

    private int atEnd;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      return ended(in.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return ended(in.read(bytes, offset, length));
    }

    private int ended(int result) {
      if (result < 0 && ++atEnd > READS_AT_END) {
        throw new Exhausted();
      }
      return result;
    }
  }
}
