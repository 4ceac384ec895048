// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes bundles, whole or not at all: in a folder beside the target, which is renamed when
 * everything is written, summed and has been opened once. <i>Immutable.</i>
 */
public final class BundleBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(BundleBuilder.class);

  private BundleBuilder() {}

  /** Writes the files of a bundle's components into a folder. */
  @FunctionalInterface
  public interface Contents {
    /**
     * Writes them.
     *
     * @param folder the bundle's, empty so far
     * @throws IOException if it cannot
     */
    void write(Path folder) throws IOException;
  }

  /**
   * Makes a bundle.
   *
   * @param target a folder that does not exist yet; folders above it are made
   * @param description {@code bundle.json} without the sums; borrowed
   * @param contents everything else
   * @return the bundle, opened
   * @throws InputException if the target exists or cannot be written, or it is no bundle that can
   *     be used; then nothing is left
   */
  public static Bundle build(Path target, ObjectNode description, Contents contents) {
    requireNew(target);
    Path absolute = target.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new InputException(target + ": has no parent (expected: a new folder)");
    }
    Path partial = null;
    try {
      Files.createDirectories(parent);
      String name = "." + absolute.getFileName() + ".partial-" + ProcessHandle.current().pid();
      partial = Files.createDirectory(parent.resolve(name));
      contents.write(partial);
      ObjectNode json = description.deepCopy();
      addSums(partial, json.putObject("files"));
      Files.writeString(partial.resolve(BundleManifest.FILE_NAME), json.toPrettyString() + "\n");
      Bundle.open(partial);
      requireNew(target);
      Files.move(partial, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new InputException(
          target + ": cannot be written: " + e + " (expected: a writable folder with space)", e);
    } finally {
      deleteQuietly(partial);
    }
    return Bundle.open(target);
  }

  /**
   * Checks that a target can be made.
   *
   * @throws InputException if it is there already
   */
  static void requireNew(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new InputException(target + ": exists (expected: a folder that is new)");
    }
  }

  private static void addSums(Path folder, ObjectNode files) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : all) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      files.put(name, Sha256.of(file));
    }
  }

  /** Deletes a folder that was made for a while; a failure is told in the log. */
  static void deleteQuietly(@Nullable Path folder) {
    if (folder != null) {
      try {
        BundleFiles.delete(folder);
      } catch (IOException e) {
        LOG.warn("{} cannot be deleted: {}", folder, e.toString());
      }
    }
  }
}
