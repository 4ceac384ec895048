// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts an embedded bundle into a folder named after its fingerprint, whole or not at all.
 *
 * <p>Files are summed as they are written into a folder beside it, which is then renamed. An
 * earlier extraction is kept if {@code bundle.json} and all sizes are right, else replaced.
 * <i>Thread-safe: one thread of one process at a time extracts, under a lock file.</i>
 */
final class BundleExtraction {
  private static final Logger log = LoggerFactory.getLogger(BundleExtraction.class);

  /** File locks exclude other processes only. */
  private static final Object LOCK = new Object();

  private final EmbeddedBundle embedded;
  private final Path parent;
  private final String fingerprint;

  /** An extraction into a folder below {@code parent}, which need not exist yet. */
  BundleExtraction(EmbeddedBundle embedded, Path parent) {
    this.embedded = embedded;
    this.parent = parent;
    this.fingerprint = embedded.fingerprint();
  }

  /**
   * Extracts the bundle unless that has been done.
   *
   * @return the bundle's folder
   * @throws InputException if files cannot be written, or a resource has another sum than {@code
   *     bundle.json} says; then nothing is left behind
   */
  Path run() {
    Path target = parent.resolve(fingerprint);
    try {
      if (isIntact(target)) {
        return target;
      }
      Files.createDirectories(parent);
      synchronized (LOCK) {
        try (FileChannel channel =
            FileChannel.open(
                beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
          channel.lock(); // released with the channel
          // Somebody else may have done it while this one waited.
          if (!isIntact(target)) {
            extract(target);
          }
        }
      }
      return target;
    } catch (IOException e) {
      throw new InputException(
          target
              + ": the default bundle cannot be extracted: "
              + e
              + " (expected: a writable folder with space; CONTINUO_HOME names another)",
          e);
    }
  }

  private void extract(Path target) throws IOException {
    Path partial = beside(".partial");
    Path damaged = beside(".damaged");
    BundleFiles.delete(partial);
    BundleFiles.delete(damaged);
    try {
      write(partial);
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        log.warn("{} is damaged and is replaced", target);
        Files.move(target, damaged, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      BundleFiles.delete(partial);
      BundleFiles.delete(damaged);
    }
  }

  private void write(Path folder) throws IOException {
    log.info("extracting the default bundle to {}", parent.resolve(fingerprint));
    Files.createDirectory(folder);
    Files.write(folder.resolve(BundleManifest.FILE_NAME), embedded.manifest());
    Map<String, String> sums = BundleManifest.read(folder).files();
    for (String relative : names(sums)) {
      Path file = folder.resolve(relative);
      Files.createDirectories(file.getParent());
      String actual = write(relative, file);
      String expected = sums.getOrDefault(relative, actual);
      if (!actual.equals(expected)) {
        throw BundleVerification.mismatch("default bundle: " + relative, actual, expected);
      }
    }
  }

  private String write(String relative, Path file) throws IOException {
    try (InputStream in = embedded.open(relative);
        FileChannel out =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      String sum = Sha256.copy(in, Channels.newOutputStream(out));
      // On the disk before the rename, so that a crash leaves no file of the right size alone.
      out.force(true);
      return sum;
    }
  }

  private boolean isIntact(Path folder) throws IOException {
    Path manifest = folder.resolve(BundleManifest.FILE_NAME);
    byte[] expected = embedded.manifest();
    if (!Files.isRegularFile(manifest)
        || Files.size(manifest) != expected.length
        || !Arrays.equals(Files.readAllBytes(manifest), expected)) {
      return false;
    }
    for (String relative : names(BundleManifest.read(folder).files())) {
      Path file = folder.resolve(relative);
      if (!Files.isRegularFile(file) || Files.size(file) != embedded.size(relative)) {
        return false;
      }
    }
    return true;
  }

  private List<String> names(Map<String, String> sums) {
    List<String> names = new ArrayList<>(sums.keySet());
    if (embedded.has(EmbeddedBundle.MODEL_CARD) && !sums.containsKey(EmbeddedBundle.MODEL_CARD)) {
      names.add(EmbeddedBundle.MODEL_CARD);
    }
    return names;
  }

  private Path beside(String suffix) {
    return parent.resolve("." + fingerprint + suffix);
  }
}
