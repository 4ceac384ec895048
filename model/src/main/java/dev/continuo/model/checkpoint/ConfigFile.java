// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object in a file, or an object inside it, with typed access to its keys.
 *
 * <p>Each fault names the file, the key with its path (as in {@code rope_parameters.rope_theta}),
 * the value and what was expected. A null counts as absent for optional keys. <i>Immutable.</i>
 */
public final class ConfigFile {
  /** Longest file; published ones have a few kilobytes, with label maps some hundred. */
  static final int MAX_BYTES = 4 << 20;

  private final Path file;
  private final String prefix;
  private final JsonNode node;

  private ConfigFile(Path file, String prefix, JsonNode node) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
  }

  /**
   * Reads a file of one JSON object.
   *
   * @throws InputException if it cannot be read, is over 4 MiB, is not JSON, has duplicate keys or
   *     is not an object
   */
  public static ConfigFile read(Path file) {
    byte[] text;
    try (MappedFile open = MappedFile.open(file)) {
      if (open.size() > MAX_BYTES) {
        throw new InputException(
            file + ": " + open.size() + " bytes (expected: at most " + MAX_BYTES + ")");
      }
      text = open.read(0, (int) open.size());
    }
    return parse(file, text);
  }

  /**
   * Reads the text of a file of one JSON object.
   *
   * @param file what messages call it
   * @throws InputException if it is not JSON, has duplicate keys or is not an object
   */
  public static ConfigFile parse(Path file, byte[] text) {
    JsonNode root;
    try {
      root = Json.tree(text);
    } catch (JacksonException e) {
      throw Json.fault(file, "not JSON", e);
    }
    if (!root.isObject()) {
      throw new InputException(file + ": not a JSON object (expected: {...})");
    }
    return new ConfigFile(file, "", root);
  }

  /** An object that was made from a file. */
  static ConfigFile of(Path file, ObjectNode object) {
    return new ConfigFile(file, "", object);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** Keys in the order of the file, those with a null included. */
  public Collection<String> keys() {
    return Collections.unmodifiableCollection(node.propertyNames());
  }

  /** Whether the key is there and not null. */
  public boolean has(String key) {
    return present(key) != null;
  }

  /** A required integer in [min, max]. */
  public int integer(String key, int min, int max) {
    return toInt(required(key, range(min, max)), key, min, max);
  }

  /** An optional integer in [min, max]. */
  public int integerOr(String key, int min, int max, int absent) {
    JsonNode value = present(key);
    return value == null ? absent : toInt(value, key, min, max);
  }

  /** Required integers in [min, max]: an array, or one integer for an array of one. */
  public int[] integers(String key, int min, int max) {
    JsonNode value = required(key, range(min, max) + ", or an array of such");
    if (!value.isArray()) {
      return new int[] {toInt(value, key, min, max)};
    }
    int[] values = new int[value.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = toInt(value.get(i), key + "[" + i + "]", min, max);
    }
    return values;
  }

  /** A required array of arrays of integers in [min, max]. */
  public List<int[]> integerLists(String key, int min, int max) {
    String expected = "an array of arrays of integers in " + min + ".." + max;
    JsonNode value = required(key, expected);
    List<int[]> lists = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      JsonNode row = value.get(i);
      if (row == null || !row.isArray()) {
        throw fault(key, value, expected);
      }
      int[] values = new int[row.size()];
      for (int j = 0; j < values.length; j++) {
        values[j] = toInt(row.get(j), key + "[" + i + "][" + j + "]", min, max);
      }
      lists.add(values);
    }
    if (!value.isArray()) {
      throw fault(key, value, expected);
    }
    return lists;
  }

  /**
   * Whether the key is there with a value that Python takes for true, as some configurations are
   * read: not null, false, 0, nor an empty string, array or object.
   */
  public boolean truthy(String key) {
    JsonNode value = present(key);
    if (value == null) {
      return false;
    }
    if (value.isContainer()) {
      return !value.isEmpty();
    }
    return value.isString()
        ? !value.stringValue().isEmpty()
        : value.isNumber() ? value.doubleValue() != 0 : value.booleanValue();
  }

  /** A required finite number in [min, max]. */
  public double number(String key, double min, double max) {
    return toNumber(required(key, "a number in " + min + ".." + max), key, min, max);
  }

  /** A required array of finite numbers in [min, max]. */
  public double[] numbers(String key, double min, double max) {
    String expected = "an array of numbers in " + min + ".." + max;
    JsonNode value = required(key, expected);
    if (!value.isArray()) {
      throw fault(key, value, expected);
    }
    double[] values = new double[value.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = toNumber(value.get(i), key + "[" + i + "]", min, max);
    }
    return values;
  }

  /** An optional finite number in [min, max]. */
  public double numberOr(String key, double min, double max, double absent) {
    JsonNode value = present(key);
    return value == null ? absent : toNumber(value, key, min, max);
  }

  /** A required boolean. */
  public boolean flag(String key) {
    return toFlag(required(key, "true or false"), key);
  }

  /** An optional boolean. */
  public boolean flagOr(String key, boolean absent) {
    JsonNode value = present(key);
    return value == null ? absent : toFlag(value, key);
  }

  /** A required string that is not empty. */
  public String string(String key) {
    return toText(required(key, "a string"), key);
  }

  /** An optional string that is not empty. */
  public String stringOr(String key, String absent) {
    JsonNode value = present(key);
    return value == null ? absent : toText(value, key);
  }

  /** A required array of strings that are not empty. */
  public List<String> strings(String key) {
    JsonNode value = required(key, "an array of strings");
    if (!value.isArray()) {
      throw fault(key, value, "an array of strings");
    }
    List<String> values = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      values.add(toText(value.get(i), key + "[" + i + "]"));
    }
    return List.copyOf(values);
  }

  /** A required string that is one of those allowed. */
  public String choice(String key, String... allowed) {
    List<String> choices = Arrays.asList(allowed);
    String expected = choices.size() == 1 ? choices.get(0) : "one of " + String.join(", ", choices);
    JsonNode value = required(key, expected);
    if (!value.isString() || !choices.contains(value.stringValue())) {
      throw fault(key, value, expected);
    }
    return value.stringValue();
  }

  /** A required object. */
  public ConfigFile object(String key) {
    JsonNode value = required(key, "an object");
    if (!value.isObject()) {
      throw fault(key, value, "an object");
    }
    return new ConfigFile(file, prefix + Quoted.plain(key) + ".", value);
  }

  /** An optional object. */
  public Optional<ConfigFile> objectIfPresent(String key) {
    return has(key) ? Optional.of(object(key)) : Optional.empty();
  }

  /** Required array of objects. */
  public List<ConfigFile> objects(String key) {
    JsonNode value = required(key, "an array of objects");
    if (!value.isArray()) {
      throw fault(key, value, "an array of objects");
    }
    List<ConfigFile> objects = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      String name = key + "[" + i + "]";
      if (!value.get(i).isObject()) {
        throw fault(name, value.get(i), "an object");
      }
      objects.add(new ConfigFile(file, prefix + Quoted.plain(name) + ".", value.get(i)));
    }
    return objects;
  }

  /** A fault of this key's value, for the caller's own checks. */
  public InputException fault(String key, String expected) {
    JsonNode value = node.get(key);
    return value == null
        ? new InputException(
            file + ": missing key " + prefix + Quoted.plain(key) + " (expected: " + expected + ")")
        : fault(key, value, expected);
  }

  private InputException fault(String key, JsonNode value, String expected) {
    return new InputException(
        file
            + ": "
            + prefix
            + Quoted.plain(key)
            + ": "
            + shown(value)
            + " (expected: "
            + expected
            + ")");
  }

  private static String shown(JsonNode value) {
    if (value.isString()) {
      return Quoted.of(value.stringValue());
    }
    return value.isObject() ? "an object" : value.isArray() ? "an array" : value.toString();
  }

  private @Nullable JsonNode present(String key) {
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  private JsonNode required(String key, String expected) {
    JsonNode value = present(key);
    if (value == null) {
      throw fault(key, expected);
    }
    return value;
  }

  private int toInt(JsonNode value, String key, int min, int max) {
    boolean fits = value.isIntegralNumber() && value.canConvertToInt();
    if (!fits || value.intValue() < min || value.intValue() > max) {
      throw fault(key, value, range(min, max));
    }
    return value.intValue();
  }

  private static String range(int min, int max) {
    return max == Integer.MAX_VALUE ? "an integer >= " + min : "an integer in " + min + ".." + max;
  }

  private double toNumber(JsonNode value, String key, double min, double max) {
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(number >= min && number <= max) || Double.isInfinite(number)) {
      throw fault(key, value, "a number in " + min + ".." + max);
    }
    return number;
  }

  private boolean toFlag(JsonNode value, String key) {
    if (!value.isBoolean()) {
      throw fault(key, value, "true or false");
    }
    return value.booleanValue();
  }

  private String toText(JsonNode value, String key) {
    if (!value.isString() || value.stringValue().isEmpty()) {
      throw fault(key, value, "a string");
    }
    return value.stringValue();
  }
}
