// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

/**
 * A line that is rewritten on a terminal once work has gone on for two seconds; silent in a pipe.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Progress implements AutoCloseable {
  private static final long AFTER_NANOS = 2_000_000_000L;
  private static final long EVERY_NANOS = 200_000_000L;

  private final Terminal terminal;
  private final long started = System.nanoTime();
  private long shown;

  /** Nothing is shown in the first two seconds. */
  public Progress(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Shows {@code text} if it is time to. */
  public void show(String text) {
    long now = System.nanoTime();
    if (terminal.interactive() && now - started > AFTER_NANOS && now - shown > EVERY_NANOS) {
      shown = now;
      terminal.err().print("\r\u001b[K" + OneLine.of(text));
      terminal.err().flush();
    }
  }

  /** Clears the line. */
  public void clear() {
    if (shown != 0) {
      shown = 0;
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }

  @Override
  public void close() {
    clear();
  }
}
