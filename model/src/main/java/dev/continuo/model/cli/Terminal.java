// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command reads and writes. Borrowed streams.
 *
 * <p><i>Serialised by the caller.</i>
 *
 * @param in standard input
 * @param out results
 * @param err everything else
 * @param interactive whether a person watches {@code err}: progress is shown only then
 */
record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {

  /** Prints one result line. Lines end in a line feed on every platform. */
  void result(String line) {
    out.print(line + "\n");
    if (out.checkError()) {
      throw new ReaderGone();
    }
  }

  /** Prints one line that is not a result. */
  void note(String line) {
    err.print(line + "\n");
  }

  /** Thrown where nobody reads the results any more ({@code | head}): a quiet end. */
  static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
