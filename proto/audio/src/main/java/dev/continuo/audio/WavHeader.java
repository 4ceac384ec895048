// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Everything of a WAV file up to its first sample.
 *
 * <p>Layout: IBM and Microsoft, Multimedia Programming Interface and Data Specifications 1.0,
 * "Waveform Audio File Format". <i>Immutable.</i>
 *
 * @param format of the samples
 * @param dataBytes bytes of samples, a whole number of frames above 0, or {@link #UNTIL_END}
 */
record WavHeader(WavFormat format, long dataBytes) {
  /** The writer did not know the length: samples reach to the end of the stream. */
  static final long UNTIL_END = -1;

  /** Most bytes before the samples; pictures and tags fit, an endless header does not. */
  static final int MAX_HEADER_BYTES = 16 << 20;

  private static final int MAX_FMT_BYTES = 4096;
  private static final long UNKNOWN_SIZE = 0xffffffffL;

  /** What arecord says to a pipe: alsa-utils, aplay.c, fmt_rec_table. */
  private static final long ARECORD_SIZE = 0x80000000L;

  /** What sox 14.4 says to a pipe, less what is not a whole frame. */
  private static final long SOX_SIZE = 0x7ffff000L;

  /**
   * Reads a header; the stream then stands at the first sample.
   *
   * @param name what messages call the file
   * @throws AudioFormatException if it is not a WAV header, is cut, or contradicts itself
   */
  static WavHeader read(BufferedInputStream in, String name) throws IOException {
    return new Reader(in, name).read();
  }

  private static final class Reader {
    private final BufferedInputStream in;
    private final String name;
    private long position;

    private Reader(BufferedInputStream in, String name) {
      this.in = in;
      this.name = name;
    }

    WavHeader read() throws IOException {
      byte[] riff = bytes(12, "RIFF header");
      if (!id(riff, 0).equals("RIFF") || !id(riff, 8).equals("WAVE")) {
        throw new AudioFormatException(name, "is not a WAV file", "RIFF and WAVE");
      }
      long riffEnd = LittleEndian.u32(riff, 4) + 8;
      WavFormat format = null;
      while (true) {
        byte[] chunk = bytes(8, "chunk header before the samples");
        String id = id(chunk, 0);
        long size = LittleEndian.u32(chunk, 4);
        if (id.equals("data")) {
          if (format == null) {
            throw new AudioFormatException(name, "data chunk comes first", "a fmt chunk before it");
          }
          return new WavHeader(format, dataBytes(size, format, riffEnd));
        }
        if (position + size > MAX_HEADER_BYTES) {
          throw new AudioFormatException(
              name,
              "chunk of " + size + " bytes before the samples",
              "a header of at most " + MAX_HEADER_BYTES + " bytes");
        }
        if (id.equals("fmt ")) {
          format = format((int) size);
        } else {
          skip(size);
        }
        skip(size & 1);
      }
    }

    private WavFormat format(int size) throws IOException {
      if (size > MAX_FMT_BYTES) {
        throw new AudioFormatException(
            name, "fmt chunk of " + size + " bytes", "at most " + MAX_FMT_BYTES);
      }
      return WavFormat.parse(bytes(size, "fmt chunk"), name);
    }

    private long dataBytes(long size, WavFormat format, long riffEnd) throws IOException {
      // A size of 0 is meant where nothing follows, or where the RIFF size says that chunks do.
      boolean chunksFollow = riffEnd > position && riffEnd < UNKNOWN_SIZE;
      boolean unknown = unknown(size, format.frameBytes());
      if ((size == 0 && chunksFollow) || (unknown && !moreFollows())) {
        throw new AudioFormatException(name, "holds no samples", "at least one");
      }
      if (unknown) {
        return UNTIL_END;
      }
      if (size % format.frameBytes() != 0) {
        throw new AudioFormatException(
            name,
            "data chunk of " + size + " bytes",
            "a multiple of the " + format.frameBytes() + " bytes of a frame");
      }
      return size;
    }

    /** Whether a size is what writers that cannot seek leave, for it can never be true of them. */
    private static boolean unknown(long size, int frameBytes) {
      return size == 0
          || size == UNKNOWN_SIZE
          || size == ARECORD_SIZE
          || (size <= SOX_SIZE && size > SOX_SIZE - frameBytes);
    }

    private boolean moreFollows() throws IOException {
      in.mark(1);
      int next = in.read();
      in.reset();
      return next >= 0;
    }

    private byte[] bytes(int count, String what) throws IOException {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw cut(what);
      }
      position += count;
      return bytes;
    }

    private void skip(long count) throws IOException {
      long left = count;
      byte[] scratch = new byte[(int) Math.min(count, 8192)];
      while (left > 0) {
        int n = in.read(scratch, 0, (int) Math.min(left, scratch.length));
        if (n < 0) {
          throw cut("chunk before the samples");
        }
        left -= n;
      }
      position += count;
    }

    private AudioFormatException cut(String what) {
      return new AudioFormatException(
          name, "is cut in the header after byte " + position, "a whole " + what);
    }

    private static String id(byte[] bytes, int at) {
      return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }
  }
}
