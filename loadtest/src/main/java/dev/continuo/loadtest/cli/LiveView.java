// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.cli.Terminal;
import dev.continuo.loadtest.drive.RunSettings;
import dev.continuo.loadtest.measure.Distributions;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Outcome;
import dev.continuo.loadtest.measure.Second;
import java.util.Locale;

/**
 * Four lines on a terminal that are rewritten while a run goes on.
 *
 * <p><i>Confined to the main thread.</i>
 */
final class LiveView {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int BAR_WIDTH = 24;
  private static final String CLEAR_LINE = "\u001b[K";

  private final Terminal terminal;
  private final RunSettings settings;
  private final Measures measures;
  private int shownLines;

  LiveView(Terminal terminal, RunSettings settings, Measures measures) {
    this.terminal = terminal;
    this.settings = settings;
    this.measures = measures;
  }

  void show(Second second) {
    clear();
    String text = text(second);
    terminal.err().print(text);
    terminal.err().flush();
    shownLines = (int) text.chars().filter(c -> c == '\n').count();
  }

  /** Takes the lines away. */
  void clear() {
    for (; shownLines > 0; shownLines--) {
      terminal.err().print("\u001b[A\r" + CLEAR_LINE);
    }
    terminal.err().flush();
  }

  private String text(Second second) {
    double at = second.atNanos() / NANOS_PER_SECOND;
    double end = settings.endNanos() / NANOS_PER_SECOND;
    Metric latency =
        measures.distributions().total(Metric.ECHO_MS).getTotalCount() > 0
            ? Metric.ECHO_MS
            : Metric.FIRST_AUDIO_AFTER_COMMIT_MS;
    return String.format(
        Locale.ROOT,
        "%s %s  %.0f of %.0f s, %d sessions open%n"
            + "  %d completed, %d rejected, %d failed%n"
            + "  %s: %s; audible gaps in %d of %d turns%n"
            + "  driver: late by %s ms (p99), %.2f cores; steal %.1f %%%n",
        bar(at / end),
        phase(second.atNanos()),
        at,
        end,
        second.active(),
        measures.outcome(Outcome.COMPLETED),
        measures.outcome(Outcome.REJECTED),
        measures.outcome(Outcome.FAILED),
        latency == Metric.ECHO_MS ? "echo" : "first audio",
        percentiles(latency),
        measures.turns() - measures.continuousTurns(),
        measures.turns(),
        number(measures.distributions().percentile(Metric.SEND_LATENESS_MS, 99)),
        second.load().cpuCores(),
        100 * second.load().steal());
  }

  private String phase(long nanos) {
    if (nanos < settings.warmUpNanos()) {
      return "warm-up  ";
    }
    return nanos < settings.endNanos() ? "measuring" : "draining ";
  }

  private String percentiles(Metric metric) {
    Distributions d = measures.distributions();
    return d.total(metric).getTotalCount() == 0
        ? "nothing yet"
        : number(d.percentile(metric, 50))
            + " ms (p50), "
            + number(d.percentile(metric, 95))
            + " ms (p95)";
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String bar(double share) {
    int full = (int) Math.round(Math.max(0, Math.min(1, share)) * BAR_WIDTH);
    return "[" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "]";
  }
}
