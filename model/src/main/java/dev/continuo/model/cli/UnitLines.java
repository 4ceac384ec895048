// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.StandardStreams;
import dev.continuo.model.InputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON lines of units, one at a time; what is wrong is named by file and line. Blank lines
 * are skipped.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class UnitLines implements AutoCloseable {
  /** Longest line in characters, some seven hours of speech: bounds the memory a line may take. */
  static final int LONGEST_LINE = 4 << 20;

  private static final String EXAMPLE = "{\"file_name\": \"a.wav\", \"units\": [12, 7]}";
  private static final int BRIEF_CHARS = 40;
  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String name;
  private final BufferedReader reader;
  private final int unitCount;
  private int number;
  private boolean any;

  /**
   * A reader.
   *
   * @param name what messages call it
   * @param in closed by {@link #close}
   * @param unitCount units are in [0, unitCount)
   */
  UnitLines(String name, InputStream in, int unitCount) {
    this.name = name;
    this.reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    this.unitCount = unitCount;
  }

  /**
   * Opens a file, or standard input for {@code -}. The caller closes it.
   *
   * @throws IOException if the file cannot be read
   */
  static UnitLines open(Path file, InputStream standardInput, int unitCount) throws IOException {
    if (StandardStreams.isOne(file)) {
      return new UnitLines(StandardStreams.inputName(file), standardInput, unitCount);
    }
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": is a folder (expected: a file of JSON lines)");
    }
    return new UnitLines(file.toString(), Files.newInputStream(file), unitCount);
  }

  /**
   * The next line, or null at the end.
   *
   * @throws InputException if it is not as it should be, or there is none at all
   * @throws IOException if it cannot be read
   */
  @Nullable UnitLine next() throws IOException {
    for (String text = line(); text != null; text = line()) {
      if (!text.isBlank()) {
        any = true;
        return parse(text);
      }
    }
    if (!any) {
      throw new InputException(
          name + ": holds no lines (expected: JSON lines like " + EXAMPLE + ")");
    }
    return null;
  }

  /** A fault of the line last read. */
  InputException fault(String problem, String expected) {
    return new InputException(
        name + ": line " + number + ": " + problem + " (expected: " + expected + ")");
  }

  /** Number of the line last read, from 1. */
  int number() {
    return number;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private @Nullable String line() throws IOException {
    number++;
    StringBuilder text = new StringBuilder();
    try {
      int c = reader.read();
      if (c < 0) {
        return null;
      }
      for (; c >= 0 && c != '\n'; c = reader.read()) {
        if (text.length() == LONGEST_LINE) {
          throw fault("longer than " + LONGEST_LINE + " characters", "JSON lines");
        }
        text.append((char) c);
      }
    } catch (CharacterCodingException e) {
      throw fault("not UTF-8", "JSON lines in UTF-8");
    }
    return text.toString();
  }

  private UnitLine parse(String text) {
    JsonNode node;
    try {
      node = STRICT.readTree(text);
    } catch (JacksonException e) {
      throw fault("not one JSON object", EXAMPLE);
    }
    if (!node.isObject()) {
      throw fault("not one JSON object", EXAMPLE);
    }
    JsonNode fileName = node.path("file_name");
    if (!fileName.isMissingNode() && !fileName.isString()) {
      throw fault("file_name: " + brief(fileName), "a string");
    }
    int[] units = numbers(node.path("units"), "units", 0, unitCount - 1);
    JsonNode given = node.path("durations");
    int[] durations =
        given.isMissingNode() || given.isNull()
            ? null
            : numbers(given, "durations", 1, Integer.MAX_VALUE);
    if (durations != null && durations.length != units.length) {
      throw fault(
          "durations: " + durations.length + " for " + units.length + " units", "one a unit");
    }
    return new UnitLine(fileName.isString() ? fileName.stringValue() : "", units, durations);
  }

  private int[] numbers(JsonNode array, String key, int min, int max) {
    if (!array.isArray()) {
      String problem = array.isMissingNode() ? "missing" : brief(array);
      throw fault(key + ": " + problem, "an array of whole numbers");
    }
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = array.get(i);
      boolean whole = value.isIntegralNumber() && value.canConvertToInt();
      if (!whole || value.intValue() < min || value.intValue() > max) {
        String range = max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
        throw fault(key + "[" + i + "]: " + brief(value), "a whole number, " + range);
      }
      values[i] = value.intValue();
    }
    return values;
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() > BRIEF_CHARS ? text.substring(0, BRIEF_CHARS) + "..." : text;
  }
}
