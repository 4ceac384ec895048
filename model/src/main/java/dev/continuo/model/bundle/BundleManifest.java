// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code bundle.json}, parsed; what it says is not yet compared with anything.
 *
 * <p><i>Immutable.</i>
 *
 * @param json the whole of it
 * @param files SHA-256 in lower-case hex of each file, by path relative to the bundle
 */
record BundleManifest(ConfigFile json, Map<String, String> files) {
  static final String FILE_NAME = "bundle.json";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /**
   * Reads the manifest of a folder.
   *
   * @throws InputException if the folder is no bundle or the file is malformed
   */
  static BundleManifest read(Path folder) {
    if (!Files.isDirectory(folder)) {
      String what = Files.exists(folder) ? "not a folder" : "no such folder";
      throw new InputException(folder + ": " + what + " (expected: a bundle folder)");
    }
    Path file = folder.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      throw new InputException(
          folder + ": not a bundle folder (expected: a folder with " + FILE_NAME + ")");
    }
    ConfigFile json = ConfigFile.read(file);
    for (String key : List.of("name", "version")) {
      if (!isName(json.string(key))) {
        throw json.fault(key, "up to 64 letters, digits, dots, dashes and underscores");
      }
    }
    for (String key : List.of("licence", "language", "provenance")) {
      // Commands print these: nothing that a terminal would act upon.
      if (json.stringOr(key, "unknown").chars().anyMatch(Character::isISOControl)) {
        throw json.fault(key, "text without control characters");
      }
    }
    return new BundleManifest(json, files(json));
  }

  /** Whether a text can be a bundle's name or version. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The folder that the manifest lies in. */
  Path folder() {
    return Objects.requireNonNull(json.file().getParent(), "a manifest is read by its folder");
  }

  /**
   * Checks that a file has a sum.
   *
   * @throws InputException if it has none
   */
  void requireListed(String relative) {
    if (!files.containsKey(relative)) {
      throw json.object("files").fault(relative, "the file's SHA-256");
    }
  }

  private static Map<String, String> files(ConfigFile json) {
    ConfigFile listed = json.object("files");
    Map<String, String> files = new LinkedHashMap<>();
    Map<String, String> spellings = new TreeMap<>();
    for (String path : listed.keys()) {
      String sum = listed.string(path).toLowerCase(Locale.ROOT);
      if (!BundlePaths.isInside(path) || path.equals(FILE_NAME)) {
        throw listed.fault(path, "a key that is a path inside the bundle, such as lm/config.json");
      }
      if (!sum.matches("[0-9a-f]{64}")) {
        throw listed.fault(path, "a SHA-256 of 64 hex digits");
      }
      if (spellings.put(path.toLowerCase(Locale.ROOT), path) != null) {
        throw listed.fault(path, "paths that differ in more than case");
      }
      files.put(path, sum);
    }
    return Collections.unmodifiableMap(files);
  }
}
