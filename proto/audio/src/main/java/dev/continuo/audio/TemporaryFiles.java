// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The temporary files that are open, deleted by a shutdown hook.
 *
 * <p>Creation and the hook exclude each other, so that no file is born after the hook has swept.
 * <i>Thread-safe: guarded by the class's monitor.</i>
 */
final class TemporaryFiles {
  private static final Set<Path> OPEN = new HashSet<>();
  private static boolean shuttingDown;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(TemporaryFiles::sweep, "temporary-files"));
  }

  private TemporaryFiles() {}

  /**
   * Creates a file that must not be there yet.
   *
   * @throws IOException if it cannot be created, or the process is ending
   */
  static synchronized FileChannel create(Path file) throws IOException {
    if (shuttingDown) {
      throw new IOException(
          file + ": not created, the process is ending (expected: a running one)");
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    OPEN.add(file);
    return channel;
  }

  /** The file is no longer temporary. */
  static synchronized void forget(Path file) {
    OPEN.remove(file);
  }

  static synchronized void delete(Path file) throws IOException {
    OPEN.remove(file);
    Files.deleteIfExists(file);
  }

  private static synchronized void sweep() {
    shuttingDown = true;
    for (Path file : OPEN) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        System.err.println(file + ": cannot be deleted (" + e + ")");
      }
    }
  }
}
