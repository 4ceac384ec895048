// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.InputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Names of the files that lines of units become: the last part of each {@code file_name}, numbered
 * where names clash, so that none leaves its folder or takes another's place.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class OutputNames {
  private static final String NAMELESS = "units";

  private final Path folder;
  private final Set<String> taken = new HashSet<>();

  OutputNames(Path folder) {
    this.folder = folder;
  }

  /**
   * The file of a line.
   *
   * @param fileName what the line says, with folders and extension or without, perhaps empty
   * @throws InputException if this machine has no such file names
   */
  Path next(String fileName) {
    String stem = stem(fileName);
    String name = stem;
    for (int n = 1; !taken.add(name); n++) {
      name = stem + "-" + n;
    }
    try {
      return folder.resolve(name + ".wav");
    } catch (InvalidPathException e) {
      throw new InputException(
          "file_name: " + fileName + " (expected: a name that this machine's locale has)", e);
    }
  }

  private static String stem(String fileName) {
    int slash = Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\'));
    String last = fileName.substring(slash + 1);
    int dot = last.lastIndexOf('.');
    String stem = dot > 0 ? last.substring(0, dot) : last;
    String safe = stem.replaceAll("[\\p{Cntrl}\\u2028\\u2029:*?\"<>|]", "_");
    return safe.isEmpty() || safe.matches("\\.+") ? NAMELESS : safe;
  }
}
