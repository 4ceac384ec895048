// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Terminal;
import dev.continuo.model.bundle.LmFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * What commands take that need a language model and lines of units, and nothing else.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class LmArguments {
  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Parameters(
      paramLabel = "UNITS.jsonl",
      description = "JSON lines with \"units\"; - for standard input. Repeats are merged.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path file;

  @Option(
      names = "--units",
      paramLabel = "K",
      description =
          "Number of units of the model in --lm. Default: what its files say, else the bundle's.")
  private @Nullable Integer units;

  @Option(
      names = "--raw-ids",
      description =
          "The numbers are vocabulary ids: no offset is added, repeats stay, nothing is barred and"
              + " nothing ends a line.")
  private boolean rawIds;

  /** The language model, which {@code model} chooses. */
  LmFolder open(ModelArguments model, NetworkSource networks) {
    if (units != null && units < 1) {
      throw new ParameterException(
          spec.commandLine(), "--units: " + units + " (expected: 1 or more)");
    }
    return rawIds ? model.rawLanguageModel(networks) : model.languageModel(networks, units);
  }

  /** The lines, of units of this model. The caller closes them. */
  UnitLines lines(Terminal terminal, LmFolder lm) throws IOException {
    return UnitLines.open(file, terminal.in(), lm.ids().units());
  }

  /** The units of a line as a language model takes them. */
  int[] units(UnitLine line) {
    return rawIds ? line.units() : line.deduplicated();
  }
}
