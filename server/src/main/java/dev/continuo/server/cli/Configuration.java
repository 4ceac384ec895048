// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The options of {@code serve} from all their sources: defaults, then the configuration file, then
 * {@code --set}, then the options themselves. A key is an option's name without its dashes.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Configuration {
  private static final String SET = "--set";

  private record Entry(String value, String origin) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final CommandLine known = new CommandLine(new ServeOptions());

  /**
   * Takes the keys of a properties file.
   *
   * @throws InputException naming the file and key that is not known
   * @throws IOException if it cannot be read
   */
  void file(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": " + e.getMessage() + " (expected: key = value)", e);
    }
    for (String key : new TreeSet<>(properties.stringPropertyNames())) {
      add(key, properties.getProperty(key).trim(), file + ": " + key);
    }
  }

  /** Takes one {@code key=value}. */
  void set(String key, String value) {
    add(key, value, SET + " " + key);
  }

  /** Takes what was given as options. */
  void options(ParseResult parsed) {
    for (OptionSpec option : known.getCommandSpec().options()) {
      OptionSpec given = parsed.matchedOption(option.longestName());
      if (given != null && !given.originalStringValues().isEmpty()) {
        String value = given.originalStringValues().get(0);
        entries.put(option.longestName(), new Entry(value, option.longestName()));
      }
    }
  }

  /**
   * The options that follow.
   *
   * @throws InputException naming the source and key of a value that is none
   */
  ServeOptions resolve() {
    ServeOptions options = new ServeOptions();
    String[] arguments =
        entries.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue().value())
            .toArray(String[]::new);
    CommandLine line = new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true);
    try {
      line.parseArgs(arguments);
      return options;
    } catch (ParameterException e) {
      String name = e.getArgSpec() instanceof OptionSpec option ? option.longestName() : "";
      Entry entry = entries.get(name);
      throw entry == null ? e : wrong(entry, describe(name));
    }
  }

  private void add(String key, String value, String origin) {
    String option = "--" + key;
    if (known.getCommandSpec().findOption(option) == null) {
      TreeSet<String> keys = new TreeSet<>();
      known.getCommandSpec().options().forEach(o -> keys.add(o.longestName().substring(2)));
      throw new InputException(
          origin + ": no such key (expected: one of " + String.join(", ", keys) + ")");
    }
    entries.put(option, new Entry(value, origin));
  }

  private String describe(String name) {
    @Nullable OptionSpec option = known.getCommandSpec().findOption(name);
    return option == null
        ? "a value"
        : option.paramLabel() + ", " + option.typeInfo().getType().getSimpleName();
  }

  private static InputException wrong(Entry entry, String expected) {
    return new InputException(
        entry.origin() + ": " + entry.value() + " (expected: " + expected + ")");
  }
}
