// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** A file that is one pickle, as it is or as joblib compresses it. <i>Immutable.</i> */
final class PickleFile {
  /** Bytes that tell what a file is. */
  static final int MAGIC_BYTES = 6;

  private static final int MAX_PICKLE_BYTES = 1 << 30;
  private static final int MAX_COMPRESSED_BYTES = 64 << 20;
  private static final int MAX_INFLATED_BYTES = 256 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Numbers compress to a half at best; text of settings to a tenth. */
  private static final int MAX_RATIO = 50;

  private PickleFile() {}

  /**
   * The pickle's bytes.
   *
   * @param magic the file's first {@link #MAGIC_BYTES}
   * @throws InputException if it is compressed otherwise, to less than a fiftieth, or too large
   */
  static ByteBuffer read(Path path, byte[] magic) {
    int first = magic[0] & 0xff;
    boolean zlib = first == 0x78;
    boolean gzip = first == 0x1f && magic[1] == (byte) 0x8b;
    boolean text = first == '(' || first == 'c' || first == ']' || first == '}';
    if (!zlib && !gzip && first != 0x80 && !text) {
      throw new InputException(
          path + ": " + kind(magic) + " (expected: .npy, or a pickle, plain or zlib-compressed)");
    }
    try (MappedFile file = MappedFile.open(path)) {
      int most = zlib || gzip ? MAX_COMPRESSED_BYTES : MAX_PICKLE_BYTES;
      if (file.size() > most) {
        throw new InputException(path + ": " + file.size() + " bytes (expected: <= " + most + ")");
      }
      if (!zlib && !gzip) {
        return file.map(0, file.size());
      }
      return inflate(path, file.read(0, (int) file.size()), gzip);
    }
  }

  private static String kind(byte[] magic) {
    return switch (magic[0] & 0xff) {
      case 'B' -> "bzip2-compressed";
      case 0xfd -> "xz-compressed";
      case 0x5d -> "lzma-compressed";
      case 0x04 -> "lz4-compressed";
      default -> "of an unknown kind";
    };
  }

  private static ByteBuffer inflate(Path path, byte[] compressed, boolean gzip) {
    long most =
        Math.min(MAX_INFLATED_BYTES, Math.max(BUFFER_BYTES, (long) MAX_RATIO * compressed.length));
    ByteArrayOutputStream out = new ByteArrayOutputStream(BUFFER_BYTES);
    ByteArrayInputStream in = new ByteArrayInputStream(compressed);
    try (InputStream inflated = gzip ? new GZIPInputStream(in) : new InflaterInputStream(in)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = inflated.read(buffer); n >= 0; n = inflated.read(buffer)) {
        if (out.size() + n > most) {
          throw new InputException(
              path + ": inflates to more than " + most + " bytes (expected: at most that)");
        }
        out.write(buffer, 0, n);
      }
    } catch (ZipException | EOFException e) {
      throw new InputException(path + ": damaged: " + e.getMessage() + " (expected: zlib)", e);
    } catch (IOException e) {
      throw MappedFile.unreadable(path, e);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }
}
