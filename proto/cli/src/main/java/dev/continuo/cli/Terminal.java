// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

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
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {

  /**
   * The process's own streams; called once, before anything prints. The launcher says by the
   * property {@code continuo.terminal} whether standard error is a terminal: Java itself cannot
   * tell it apart from standard input and output. What libraries print on standard output (jFLAC
   * does) goes nowhere, so that it cannot spoil results.
   */
  public static Terminal ofProcess() {
    Locale.setDefault(Locale.ROOT);
    PrintStream out =
        new StandardOutput(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    return new Terminal(System.in, out, err, Boolean.getBoolean("continuo.terminal"));
  }

  /** Prints one result line. Lines end in a line feed on every platform. */
  public void result(String line) {
    out.print(line + "\n");
    check();
  }

  /**
   * Flushes the results.
   *
   * @throws java.io.UncheckedIOException if they cannot be written
   * @throws ReaderGone if nobody reads them any more
   */
  public void check() {
    if (out instanceof StandardOutput standard) {
      standard.check();
    } else if (out.checkError()) {
      throw new ReaderGone();
    }
  }

  /** Results that are no lines; every write is checked as by {@link #check}. */
  public OutputStream binary() {
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
  public void note(String line) {
    err.print(OneLine.of(line) + "\n");
  }

  /** Thrown where nobody reads the results any more ({@code | head}): a quiet end. */
  public static final class ReaderGone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
