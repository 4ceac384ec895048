// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Terminal;
import dev.continuo.model.pipeline.LiveContinuation;
import dev.continuo.model.pipeline.RecordingContinuation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * Shows on a terminal how much of the prompt was heard, and passes speech on.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class DemoListener implements LiveContinuation.Listener {
  private static final long EVERY_SAMPLES_OF_A_SECOND = 10;

  private final Terminal terminal;
  private final int rateHz;
  private final RecordingContinuation.Sink sink;
  private long shown = -1;

  DemoListener(Terminal terminal, int rateHz, RecordingContinuation.Sink sink) {
    this.terminal = terminal;
    this.rateHz = rateHz;
    this.sink = sink;
  }

  @Override
  public void heard(int samples) {
    long tenths = samples * EVERY_SAMPLES_OF_A_SECOND / rateHz;
    if (terminal.interactive() && tenths != shown) {
      shown = tenths;
      terminal.err().print(String.format(Locale.ROOT, "\rheard %.1f s", (double) samples / rateHz));
      terminal.err().flush();
    }
  }

  @Override
  public void said(float[] samples) {
    try {
      sink.write(samples);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Clears the line. */
  void clear() {
    if (shown >= 0) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }
}
