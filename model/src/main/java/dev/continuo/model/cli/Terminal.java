// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import java.io.InputStream;
import java.io.OutputStream;
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
    check();
  }

  /**
   * Flushes the results.
   *
   * @throws dev.continuo.model.InputException if they cannot be written
   * @throws ReaderGone if nobody reads them any more
   */
  void check() {
    if (out instanceof StandardOutput standard) {
      standard.check();
    } else if (out.checkError()) {
      throw new ReaderGone();
    }
  }

  /** Results that are no lines; every write is checked as by {@link #check}. */
  OutputStream binary() {
    return new OutputStream() {
      @Override
      public void write(int value) {
        out.write(value);
        check();
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        out.write(bytes, offset, length);
        check();
      }

      @Override
      public void flush() {
        check();
      }
    };
  }

  /** Prints one line that is not a result, in one line whatever it holds. */
  void note(String line) {
    err.print(OneLine.of(line) + "\n");
  }

  /** Thrown where nobody reads the results any more ({@code | head}): a quiet end. */
  static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
