// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * The sums of a bundle's files compared with those in its {@code bundle.json}.
 *
 * <p><i>Immutable.</i>
 *
 * @param folder the bundle's folder
 * @param files one result a file, in the order of {@code bundle.json}
 */
public record BundleVerification(Path folder, List<FileSum> files) {

  /** Copies the list. */
  public BundleVerification {
    files = List.copyOf(files);
  }

  /**
   * One file.
   *
   * @param file path relative to the bundle
   * @param bytes size
   * @param expectedSha256 lower-case hex, from {@code bundle.json}
   * @param actualSha256 lower-case hex, of the file
   */
  public record FileSum(String file, long bytes, String expectedSha256, String actualSha256) {

    /** Whether both sums are the same. */
    public boolean ok() {
      return expectedSha256.equals(actualSha256);
    }
  }

  /** Whether every file is as it should be. */
  public boolean ok() {
    return files.stream().allMatch(FileSum::ok);
  }

  /**
   * Does nothing if every file is as it should be.
   *
   * @throws InputException naming the first other file, its sum and the expected one
   */
  public void requireOk() {
    for (FileSum file : files) {
      if (!file.ok()) {
        throw mismatch(folder.resolve(file.file()), file.actualSha256(), file.expectedSha256());
      }
    }
  }

  static InputException mismatch(Object file, String actual, String expected) {
    return new InputException(file + ": sha256 " + actual + " (expected: " + expected + ")");
  }
}
