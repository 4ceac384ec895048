// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, in UTF-8, which remembers why it could not be written: a reader that has gone
 * away ({@code | head}) is a quiet end, a full disk is not.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class StandardOutput extends PrintStream {
  private final Watched watched;

  /** A stream over {@code out}, which is closed with it. */
  public StandardOutput(OutputStream out) {
    this(new Watched(out));
  }

  private StandardOutput(Watched watched) {
    super(watched, false, StandardCharsets.UTF_8);
    this.watched = watched;
  }

  /**
   * Flushes.
   *
   * @throws UncheckedIOException if something could not be written
   * @throws Terminal.ReaderGone if that is because nobody reads any more
   */
  void check() {
    boolean failed = checkError();
    IOException failure = watched.failure;
    if (failure != null && !String.valueOf(failure.getMessage()).contains("Broken pipe")) {
      String message =
          "standard output: cannot be written: "
              + failure.getMessage()
              + " (expected: a place that takes it)";
      throw new UncheckedIOException(new IOException(message, failure));
    }
    if (failed) {
      throw new Terminal.ReaderGone();
    }
  }

  /** Keeps the first failure, which a print stream would forget. */
  private static final class Watched extends OutputStream {
    private final OutputStream out;
    @Nullable IOException failure;

    Watched(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw kept(e);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        throw kept(e);
      }
    }

    private IOException kept(IOException e) {
      if (failure == null) {
        failure = e;
      }
      return e;
    }
  }
}
