// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.cli.Terminal;
import java.util.Locale;

/**
 * How much of the prompt was sent and taken in, on a terminal; nothing in a pipe.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class InputProgress implements AutoCloseable {
  private static final int TIMES_PER_SECOND = 10;

  private final Terminal terminal;
  private final int rateHz;
  private long shown = -1;

  InputProgress(Terminal terminal, int rateHz) {
    this.terminal = terminal;
    this.rateHz = rateHz;
  }

  void show(long sentSamples, Answer answer) {
    long tick = sentSamples * TIMES_PER_SECOND / rateHz;
    if (terminal.interactive() && tick != shown) {
      shown = tick;
      String line =
          String.format(
              Locale.ROOT,
              "\r\u001b[Ksent %.1f s, understood %.1f s, %d units",
              (double) sentSamples / rateHz,
              (double) answer.consumedSamples() / rateHz,
              answer.promptUnits());
      terminal.err().print(line);
      terminal.err().flush();
    }
  }

  /** Clears the line. */
  @Override
  public void close() {
    if (shown >= 0) {
      shown = -1;
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }
}
