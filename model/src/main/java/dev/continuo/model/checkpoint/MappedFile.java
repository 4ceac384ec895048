// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file open for reading and mapping; mappings outlive it.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class MappedFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  private MappedFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  /**
   * Opens a regular file.
   *
   * @throws InputException if there is none, or it cannot be read
   */
  static MappedFile open(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new InputException(path + ": not a regular file (expected: a file)");
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new MappedFile(path, channel, channel.size());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Size when opened, in bytes. */
  long size() {
    return size;
  }

  /** A copy of {@code length} bytes from {@code offset}. */
  byte[] read(long offset, int length) {
    ByteBuffer into = ByteBuffer.allocate(length);
    try {
      while (into.hasRemaining()) {
        if (channel.read(into, offset + into.position()) < 0) {
          throw new EOFException("it became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    return into.array();
  }

  /** A read-only little-endian mapping of {@code length} bytes from {@code offset}. */
  ByteBuffer map(long offset, long length) {
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, length)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** What a failed read means to the user. */
  static InputException unreadable(Path path, IOException e) {
    return e instanceof NoSuchFileException
        ? new InputException(path + ": no such file (expected: a readable file)", e)
        : new InputException(path + ": cannot be read: " + e.getMessage(), e);
  }
}
