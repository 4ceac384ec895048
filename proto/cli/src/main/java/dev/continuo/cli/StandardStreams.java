// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.nio.file.Path;

/** {@code -} in place of a file's name. <i>Thread-safe: stateless.</i> */
public final class StandardStreams {
  private StandardStreams() {}

  /** Whether a file's name stands for standard input or output. */
  public static boolean isOne(Path path) {
    return path.toString().equals("-");
  }

  /** What messages call a file that is read. */
  public static String inputName(Path in) {
    return isOne(in) ? "standard input" : in.toString();
  }
}
