// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A latency waterfall as text: one line a step, each bar beginning where the one before ends.
 *
 * <pre>
 *   tokenize    12.0 ms |##
 *   decode      88.0 ms |  ##################
 *   first audio 100.0 ms
 * </pre>
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Waterfall {
  private static final int WIDTH = 48;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Map<String, Long> steps = new LinkedHashMap<>();

  /** Adds a step; one of no time is left out. */
  public void add(String name, long nanos) {
    if (nanos > 0) {
      steps.merge(name, nanos, Long::sum);
    }
  }

  /** The lines, the last of them {@code total} with the sum. */
  public String render(String total) {
    long sumNanos = steps.values().stream().mapToLong(Long::longValue).sum();
    int names = steps.keySet().stream().mapToInt(String::length).max().orElse(0);
    int nameWidth = Math.max(names, total.length());
    StringBuilder text = new StringBuilder();
    long startNanos = 0;
    for (Map.Entry<String, Long> step : steps.entrySet()) {
      int from = column(startNanos, sumNanos);
      startNanos += step.getValue();
      int to = Math.max(from + 1, column(startNanos, sumNanos));
      line(text, nameWidth, step.getKey(), step.getValue());
      text.append(" |").append(" ".repeat(from)).append("#".repeat(to - from)).append('\n');
    }
    line(text, nameWidth, total, sumNanos);
    return text.append('\n').toString();
  }

  private static int column(long nanos, long sumNanos) {
    return (int) Math.round((double) nanos / sumNanos * WIDTH);
  }

  private static void line(StringBuilder text, int nameWidth, String name, long nanos) {
    String format = "  %-" + nameWidth + "s %8.1f ms";
    text.append(String.format(Locale.ROOT, format, name, nanos / NANOS_PER_MILLI));
  }
}
