// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Paths that stand in a bundle's files, kept inside the bundle's folder. <i>Immutable.</i> */
final class BundlePaths {
  /** Names joined by {@code /}: no root, drive, backslash, control character or empty name. */
  private static final Pattern RELATIVE =
      Pattern.compile("[^/\\\\:\\p{Cntrl}]++(?:/[^/\\\\:\\p{Cntrl}]++)*+");

  private static final Pattern DOTS = Pattern.compile("(?:^|/)\\.{1,2}(?:/|$)");
  private static final String EXPECTED = "a path inside the bundle, such as lm/config.json";

  private BundlePaths() {}

  /** Whether the text stays inside the folder it is relative to, links aside. */
  static boolean isInside(String relative) {
    if (!RELATIVE.matcher(relative).matches() || DOTS.matcher(relative).find()) {
      return false;
    }
    try {
      return !Path.of(relative).isAbsolute();
    } catch (InvalidPathException e) {
      return false; // such as half of a surrogate pair
    }
  }

  /**
   * The path that stands under a key.
   *
   * @throws InputException if the key is missing or the path would leave the folder
   */
  static String read(ConfigFile config, String key) {
    String relative = config.string(key);
    if (!isInside(relative)) {
      throw config.fault(key, EXPECTED);
    }
    return relative;
  }

  /**
   * The existing file or folder at a relative path.
   *
   * @param folder the bundle or component
   * @param relative a path for which {@link #isInside} holds
   * @param source who names it, for the message
   * @throws InputException if there is none, or a link leads out of the folder
   */
  static Path existing(Path folder, String relative, String source) {
    Path path = folder.resolve(relative);
    if (!Files.exists(path)) {
      throw new InputException(path + ": missing (expected: it exists, as " + source + " says)");
    }
    try {
      if (!path.toRealPath().startsWith(folder.toRealPath())) {
        throw new InputException(
            path + ": a link to " + path.toRealPath() + " (expected: inside " + folder + ")");
      }
    } catch (IOException e) {
      throw new InputException(path + ": cannot be read: " + e.getMessage(), e);
    }
    return path;
  }
}
