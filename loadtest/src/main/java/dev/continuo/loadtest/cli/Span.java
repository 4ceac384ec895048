// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as people write it: {@code 60s}, {@code 500ms}, {@code 2m}. <i>Immutable.</i>
 */
final class Span {
  static final String SYNTAX = "a time such as 60s, 500ms or 2m, a day at most";

  private static final Pattern TEXT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)?");
  private static final double NANOS_PER_MS = 1e6;
  private static final double MAX_NANOS = 24 * 3600e9;

  private Span() {}

  /**
   * Nanoseconds; a number without a unit means seconds.
   *
   * @throws IllegalArgumentException if it is no length of time
   */
  static long nanos(String text) {
    Matcher match = TEXT.matcher(text.trim());
    if (match.matches()) {
      String unit = match.group(2) == null ? "s" : match.group(2);
      double millis =
          switch (unit) {
            case "ms" -> 1;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 1000;
          };
      double nanos = Double.parseDouble(match.group(1)) * millis * NANOS_PER_MS;
      if (nanos <= MAX_NANOS) {
        return Math.round(nanos);
      }
    }
    throw new IllegalArgumentException(text + " (expected: " + SYNTAX + ")");
  }
}
