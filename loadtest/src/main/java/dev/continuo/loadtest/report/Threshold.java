// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A condition under which a run has failed: {@code first_audio_after_commit_ms.p95>300}.
 *
 * <p>The left side is a path into {@code report.json}. What was not measured fails every condition:
 * a run without a single turn proves nothing. <i>Immutable.</i>
 *
 * @param text as the user wrote it
 * @param path names from the top, dots between them
 * @param comparison one of {@code < <= > >= == !=}
 * @param bound what the value is compared with
 */
public record Threshold(String text, String path, String comparison, double bound) {
  /** What {@link #parse} takes. */
  public static final String SYNTAX =
      "NAME OPERATOR NUMBER with a name of report.json, such as first_audio_after_commit_ms.p95>300";

  private static final Pattern TEXT =
      Pattern.compile("\\s*([A-Za-z0-9_.:]+)\\s*(<=|>=|==|!=|<|>)\\s*(-?[0-9.]+)\\s*");

  /**
   * Reads {@link #SYNTAX}.
   *
   * @param report any report: the path must lead to a number or a truth value in it
   * @throws IllegalArgumentException if it is something else; the message is one line
   */
  public static Threshold parse(String text, JsonNode report) {
    Matcher match = TEXT.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(text + " (expected: " + SYNTAX + ")");
    }
    Threshold threshold =
        new Threshold(text, match.group(1), match.group(2), number(text, match.group(3)));
    JsonNode node = threshold.find(report);
    if (node.isMissingNode() || node.isContainer() || node.isString()) {
      throw new IllegalArgumentException(
          text + ": no number " + threshold.path + " in report.json (expected: " + SYNTAX + ")");
    }
    return threshold;
  }

  private static double number(String text, String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + " (expected: " + SYNTAX + ")", e);
    }
  }

  /** The line that says how the report fails, or nothing if it does not. */
  public Optional<String> failure(JsonNode report) {
    JsonNode node = find(report);
    if (node.isNull() || node.isMissingNode()) {
      return Optional.of("--fail-on " + text + ": " + path + " was not measured");
    }
    double value = node.isBoolean() ? (node.booleanValue() ? 1 : 0) : node.doubleValue();
    return holds(value)
        ? Optional.of("--fail-on " + text + ": " + path + " is " + shown(value))
        : Optional.empty();
  }

  private boolean holds(double value) {
    return switch (comparison) {
      case "<" -> value < bound;
      case "<=" -> value <= bound;
      case ">" -> value > bound;
      case ">=" -> value >= bound;
      case "==" -> value == bound;
      default -> value != bound;
    };
  }

  private JsonNode find(JsonNode report) {
    if (path.startsWith("errors.")) {
      // a status nobody has seen yet
      JsonNode count = report.path("errors").path(path.substring("errors.".length()));
      return count.isMissingNode() ? ReportJson.JSON.getNodeFactory().numberNode(0) : count;
    }
    JsonNode node = report;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node;
  }

  private static String shown(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }
}
