// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that appears whole or not at all.
 *
 * <p>What is written goes to a temporary file in the same folder, which takes the target's place on
 * {@link #commit} and is deleted by {@link #close} without one, and at the end of the process, an
 * interrupted one too. A target that is no regular file (a device, a named pipe) is written to
 * directly, a link's target is replaced rather than the link. It does not outlast a power failure.
 * <i>Serialised by the caller.</i>
 */
public final class AtomicFile implements Closeable {
  private final String name;
  private final Path target;
  private final @Nullable Path temporary;
  private final FileChannel channel;
  private final OutputStream stream;
  private boolean closed;

  private AtomicFile(String name, Path target, @Nullable Path temporary, FileChannel channel) {
    this.name = name;
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.stream = new BufferedOutputStream(new Named(Channels.newOutputStream(channel), name));
  }

  /**
   * Creates the temporary file; the target is left as it is.
   *
   * @param target the file to be
   * @throws IOException if the target is a directory, its folder is missing, or either may not be
   *     written; the message is one line with the path
   */
  public static AtomicFile create(Path target) throws IOException {
    String name = AudioFormatException.printable(target.toString());
    if (Files.isDirectory(target)) {
      throw new FileSystemException(name, null, "is a directory (expected: a file to write)");
    }
    boolean exists = Files.exists(target);
    if (exists && !Files.isWritable(target)) {
      throw new AccessDeniedException(
          name, null, "may not be written (expected: write permission)");
    }
    try {
      if (exists && !Files.isRegularFile(target)) {
        return new AtomicFile(
            name, target, null, FileChannel.open(target, StandardOpenOption.WRITE));
      }
      Path real = exists ? target.toRealPath() : target.toAbsolutePath();
      Path temporary = real.resolveSibling(temporaryName());
      return new AtomicFile(name, real, temporary, TemporaryFiles.create(temporary));
    } catch (FileSystemException e) {
      throw explained(e, name, target);
    }
  }

  /** Where to write; buffered, and closed by {@link #commit} or {@link #close}. */
  public OutputStream stream() {
    return stream;
  }

  /** Whether what is written can be changed before {@link #commit}, through {@link #channel}. */
  boolean rewritable() {
    return temporary != null;
  }

  /** The file below {@link #stream}, which is to be flushed first. */
  FileChannel channel() {
    return channel;
  }

  /**
   * Puts what was written in the target's place.
   *
   * @throws IOException if it cannot be written in full; the target is then as it was
   * @throws IllegalStateException if this was committed or closed before
   */
  public void commit() throws IOException {
    if (closed) {
      throw new IllegalStateException(name + ": closed (expected: one commit, before close)");
    }
    try {
      stream.close();
      if (temporary != null) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        TemporaryFiles.forget(temporary);
      }
      closed = true;
    } catch (FileSystemException e) {
      throw explained(e, name, target);
    } finally {
      close();
    }
  }

  /** Deletes what was written, unless it was committed. A second call does nothing. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
    } finally {
      if (temporary != null) {
        TemporaryFiles.delete(temporary);
      }
    }
  }

  private static String temporaryName() {
    return ".continuo-" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".tmp";
  }

  private static IOException explained(FileSystemException e, String name, Path target) {
    Path folder = target.toAbsolutePath().getParent();
    String where = AudioFormatException.printable(String.valueOf(folder));
    FileSystemException explained;
    if (folder == null || !Files.exists(folder)) {
      explained = new NoSuchFileException(name, null, "no folder " + where + " (expected: one)");
    } else if (!Files.isDirectory(folder)) {
      explained =
          new NotDirectoryException(name + ": " + where + " is a file (expected: a folder)");
    } else if (e instanceof AccessDeniedException) {
      explained =
          new AccessDeniedException(
              name, null, "folder " + where + " may not be written (expected: write permission)");
    } else {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      explained =
          new FileSystemException(
              name, null, "cannot be written: " + reason + " (expected: a writable file)");
    }
    explained.initCause(e);
    return explained;
  }

  /** Says which file could not be written. */
  private static final class Named extends OutputStream {
    private final OutputStream out;
    private final String name;

    Named(OutputStream out, String name) {
      this.out = out;
      this.name = name;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw new IOException(
            name + ": cannot be written: " + e.getMessage() + " (expected: room on the disk)", e);
      }
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
