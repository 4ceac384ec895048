// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads JSON lines of units; what is wrong is named by file and line.
 *
 * <p><i>Thread-safe: immutable.</i>
 */
final class UnitLines {
  /** Longest line in characters, some 40 hours of units: a bound for what is not JSON lines. */
  static final int LONGEST_LINE = 16 << 20;

  private final String name;
  private final int unitCount;

  /**
   * A reader.
   *
   * @param name of the file, for messages
   * @param unitCount units are in [0, unitCount)
   */
  UnitLines(String name, int unitCount) {
    this.name = name;
    this.unitCount = unitCount;
  }

  /** All lines of a file, or of standard input for {@code -}. */
  static List<UnitLine> read(Path file, InputStream standardInput, int unitCount)
      throws IOException {
    if (file.toString().equals("-")) {
      return new UnitLines("standard input", unitCount).all(standardInput);
    }
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": is a folder (expected: a file of JSON lines)");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new UnitLines(file.toString(), unitCount).all(in);
    }
  }

  /** All lines that are not blank. */
  List<UnitLine> all(InputStream in) throws IOException {
    List<UnitLine> lines = new ArrayList<>();
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    int number = 0;
    for (String text = line(reader, 1); text != null; text = line(reader, number + 1)) {
      number++;
      if (!text.isBlank()) {
        lines.add(parse(text, number));
      }
    }
    if (lines.isEmpty()) {
      throw new InputException(name + ": holds no lines (expected: JSON lines with \"units\")");
    }
    return lines;
  }

  private @Nullable String line(BufferedReader reader, int number) throws IOException {
    StringBuilder text = new StringBuilder();
    int c = reader.read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (text.length() == LONGEST_LINE) {
        throw fault(number, "longer than " + LONGEST_LINE + " characters", "JSON lines");
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private UnitLine parse(String text, int number) {
    JsonNode node;
    try {
      node = UnitLine.JSON.readTree(text);
    } catch (JacksonException e) {
      throw fault(number, "not JSON", "{\"file_name\": \"a.wav\", \"units\": [12, 7]}");
    }
    if (!node.isObject()) {
      throw fault(number, "not a JSON object", "{\"file_name\": \"a.wav\", \"units\": [12, 7]}");
    }
    JsonNode fileName = node.path("file_name");
    if (!fileName.isMissingNode() && !fileName.isString()) {
      throw fault(number, "file_name: " + fileName, "a string");
    }
    int[] units = numbers(node.path("units"), "units", 0, unitCount - 1, number);
    JsonNode given = node.path("durations");
    int[] durations =
        given.isMissingNode() || given.isNull()
            ? null
            : numbers(given, "durations", 1, Integer.MAX_VALUE, number);
    if (durations != null && durations.length != units.length) {
      throw fault(
          number, "durations: " + durations.length + " of them", units.length + ", one a unit");
    }
    return new UnitLine(fileName.isString() ? fileName.stringValue() : "", units, durations);
  }

  private int[] numbers(JsonNode array, String key, int min, int max, int number) {
    if (!array.isArray()) {
      throw fault(
          number,
          key + (array.isMissingNode() ? " missing" : ": " + brief(array)),
          "an array of integers");
    }
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = array.get(i);
      if (!value.isIntegralNumber()
          || !value.canConvertToInt()
          || value.intValue() < min
          || value.intValue() > max) {
        String range = max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
        throw fault(number, key + "[" + i + "]: " + brief(value), "an integer, " + range);
      }
      values[i] = value.intValue();
    }
    return values;
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }

  private InputException fault(int number, String problem, String expected) {
    return new InputException(
        name + ":" + number + ": " + problem + " (expected: " + expected + ")");
  }
}
