// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.NpyArray;
import dev.continuo.model.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Cheap checks of files, without reading their data. <i>Immutable.</i> */
final class BundleFiles {
  private BundleFiles() {}

  /**
   * Checks every file that a manifest lists.
   *
   * @throws InputException naming the first file that is missing, outside, empty or cut
   */
  static void checkListed(Path folder, BundleManifest manifest) {
    for (String relative : manifest.files().keySet()) {
      checkWhole(BundlePaths.existing(folder, relative, manifest.json().file().toString()));
    }
  }

  /**
   * Checks that a file is there, is not empty, and is as long as its own header says where its kind
   * has one.
   *
   * @throws InputException if it is not
   */
  static void checkWhole(Path file) {
    if (!Files.isRegularFile(file)) {
      String what = Files.exists(file) ? "not a regular file" : "missing";
      throw new InputException(file + ": " + what + " (expected: a file)");
    }
    try {
      if (Files.size(file) == 0) {
        throw new InputException(file + ": empty (expected: its content; is the file cut?)");
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    String name = file.toString();
    if (name.endsWith(".safetensors")) {
      Safetensors.open(file);
    } else if (name.endsWith(".npy")) {
      NpyArray.read(file);
    }
  }

  /** Deletes a folder and all in it, if it is there; links are not followed. */
  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
