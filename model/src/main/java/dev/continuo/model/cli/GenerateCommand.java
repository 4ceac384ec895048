// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Progress;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.LmFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code generate}: units to continued units. <i>Serialised by the caller.</i> */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description =
        "Continues lines of units; prints the new units only, one JSON line each. Needs the"
            + " language model alone.")
final class GenerateCommand implements Callable<Integer> {
  private static final int MAX_UNITS = 100;
  private static final int MOST_SAMPLES = 1024;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private LmArguments lm;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private SamplingArguments sampling;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "none",
      description =
          "Draw as published code does, where no option says otherwise. twist: at most three times"
              + " the prompt and 250 units in all; slam: top-k 25, repetition penalty 1.1, at most"
              + " 150 new units; none. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Preset preset;

  @Option(
      names = "--max-units",
      paramLabel = "N",
      description =
          "Most units drawn a line; fewer where the model ends. Default: the preset's, else "
              + MAX_UNITS
              + ".")
  private @Nullable Integer maxUnits;

  @Option(
      names = "--num-samples",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Continuations of each line, with the seeds N, N + 1, ... of --seed N."
              + " Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(names = "--json", description = "JSON lines; they are what this command prints anyway.")
  @SuppressWarnings("UnusedVariable") // accepted, for scripts that pass it everywhere
  private boolean json;

  GenerateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (maxUnits != null && maxUnits < 1) {
      throw wrong("--max-units: " + maxUnits + " (expected: 1 or more)");
    }
    if (samples < 1 || samples > MOST_SAMPLES) {
      throw wrong("--num-samples: " + samples + " (expected: 1 to " + MOST_SAMPLES + ")");
    }
    Sampling how = sampling.sampling(preset);
    LmFolder folder = lm.open(model, context.networks());
    ModelOptions options = model.options(Precision.FP16);
    try (UnitLines lines = lm.lines(context.terminal(), folder)) {
      UnitLine line = lines.next(); // a bad first line is told before anything is loaded
      try (UnitLanguageModel network = context.networks().languageModel(folder, options)) {
        for (; line != null; line = lines.next()) {
          print(line, continued(network, line, lines, how), how);
        }
      }
    }
    return 0;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void print(UnitLine line, List<int[]> continued, Sampling how) {
    for (int i = 0; i < samples; i++) {
      ObjectNode node = new UnitLine(line.fileName(), continued.get(i), null).json();
      node.put("seed", how.seed() + i);
      if (samples > 1) {
        node.put("sample", i);
      }
      context.terminal().result(node.toString());
    }
  }

  private List<int[]> continued(
      UnitLanguageModel network, UnitLine line, UnitLines lines, Sampling how) {
    int[] prompt = lm.units(line);
    if (prompt.length == 0) {
      throw lines.fault("units: none", "at least one to continue");
    }
    int most = mostUnits(network, prompt.length, lines);
    List<Sampling> samplings = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      samplings.add(how.withSeed(how.seed() + i));
    }
    try (Progress progress = new Progress(context.terminal())) {
      return Continuations.of(
          network,
          prompt,
          samplings,
          most,
          n -> progress.show("line " + lines.number() + ": " + n + " of " + most + " units"));
    }
  }

  /** What was asked for must fit; what a preset or our default says is cut to what fits. */
  private int mostUnits(UnitLanguageModel network, int prompt, UnitLines lines) {
    int room = network.maxPositions() - prompt;
    int most = maxUnits == null ? preset.maxUnits(prompt).orElse(MAX_UNITS) : maxUnits;
    if (most < 1) {
      throw lines.fault(
          "units: " + prompt + " with --preset " + preset.name().toLowerCase(Locale.ROOT),
          "fewer than it lets a line have in all, or --max-units");
    }
    if (room < 1 || (maxUnits != null && most > room)) {
      throw lines.fault(
          "units: " + prompt + " and --max-units " + most,
          "at most " + network.maxPositions() + " together");
    }
    return Math.min(most, room);
  }
}
