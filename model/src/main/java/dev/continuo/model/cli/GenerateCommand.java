// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Progress;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code generate}: units to continued units. <i>Serialised by the caller.</i> */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = "Continues lines of units; prints the new units only, one JSON line each.")
final class GenerateCommand implements Callable<Integer> {
  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SamplingArguments sampling;

  @Parameters(
      paramLabel = "UNITS.jsonl",
      description = "JSON lines with \"units\"; - for standard input. Repeats are merged.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path file;

  @Option(
      names = "--max-units",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Most units drawn a line; fewer where the model ends. Default: ${DEFAULT-VALUE}.")
  private int maxUnits;

  @Option(names = "--json", description = "JSON lines; they are what this command prints anyway.")
  @SuppressWarnings("UnusedVariable") // accepted, for scripts that pass it everywhere
  private boolean json;

  GenerateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (maxUnits < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-units: " + maxUnits + " (expected: 1 or more)");
    }
    Sampling how = sampling.sampling();
    Bundle bundle = model.open(context.networks());
    ModelOptions options = model.options(Precision.FP16);
    try (UnitLines lines = UnitLines.open(file, context.terminal().in(), bundle.unitCount())) {
      UnitLine line = lines.next(); // a bad first line is told before anything is loaded
      try (UnitLanguageModel lm = context.networks().languageModel(bundle, options)) {
        for (; line != null; line = lines.next()) {
          int[] units = continued(lm, line, lines, how);
          context
              .terminal()
              .result(
                  new UnitLine(line.fileName(), units, null)
                      .json()
                      .put("seed", how.seed())
                      .toString());
        }
      }
    }
    return 0;
  }

  private int[] continued(UnitLanguageModel lm, UnitLine line, UnitLines lines, Sampling how) {
    int[] prompt = line.deduplicated();
    long positions = (long) prompt.length + maxUnits;
    if (prompt.length == 0) {
      throw lines.fault("units: none", "at least one to continue");
    }
    if (positions > lm.maxPositions()) {
      throw lines.fault(
          "units: " + prompt.length + " and --max-units " + maxUnits,
          "at most " + lm.maxPositions() + " together");
    }
    try (UnitLanguageModel.Sequence sequence = lm.open((int) positions);
        Progress progress = new Progress(context.terminal())) {
      sequence.append(prompt);
      int[] units = new int[maxUnits];
      for (int i = 0; i < maxUnits; i++) {
        units[i] = sequence.next(how, 0);
        if (units[i] == UnitLanguageModel.END) {
          return Arrays.copyOf(units, i);
        }
        progress.show("line " + lines.number() + ": " + (i + 1) + " of " + maxUnits + " units");
      }
      return units;
    }
  }
}
