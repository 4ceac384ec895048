// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Progress;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.LmFolder;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code score}: log-likelihoods of units. <i>Serialised by the caller.</i> */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description =
        "Negative log-likelihoods of lines of units in nats, over the whole vocabulary, one JSON"
            + " line each. Needs the language model alone.")
final class ScoreCommand implements Callable<Integer> {
  private static final double LN_2 = Math.log(2);

  /** What is scored, and how lines are compared. */
  enum Convention {
    /** Nothing is added, the first unit is not scored, the mean is compared (TWIST, SALMon). */
    TWIST,
    /** Start and end are added, the first unit and the end are scored, the mean is compared. */
    SLAMKIT,
    /** As twist, but the sum is compared (GSLM, ZeroSpeech). */
    SUM
  }

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

  @Option(
      names = "--convention",
      paramLabel = "NAME",
      defaultValue = "twist",
      description =
          "twist: units as they are, the first one not scored, \"score\" is the mean. slamkit:"
              + " <S> units <S>, all but the first <S> scored, \"score\" is the mean. sum: as"
              + " twist, \"score\" is the sum. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Convention convention;

  @Option(names = "--per-token", description = "Add \"token_nll\", one number a scored token.")
  private boolean perToken;

  @Option(
      names = "--unit-rate",
      paramLabel = "HZ",
      description =
          "Frames a second of \"durations\", for \"bits_per_second\". Default: the bundle's.")
  private @Nullable Double unitRateHz;

  @Option(names = "--json", description = "JSON lines; they are what this command prints anyway.")
  @SuppressWarnings("UnusedVariable") // accepted, for scripts that pass it everywhere
  private boolean json;

  ScoreCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (unitRateHz != null && !(unitRateHz > 0 && unitRateHz <= 1000)) {
      throw new ParameterException(
          spec.commandLine(), "--unit-rate: " + unitRateHz + " (expected: above 0, at most 1000)");
    }
    LmFolder chosen = lm.open(model, context.networks());
    LmFolder folder = convention == Convention.SLAMKIT ? chosen.bounded() : chosen;
    ModelOptions options = model.options(Precision.F32);
    try (UnitLines lines = lm.lines(context.terminal(), folder)) {
      UnitLine line = lines.next(); // a bad first line is told before anything is loaded
      try (UnitLanguageModel network = context.networks().languageModel(folder, options);
          Progress progress = new Progress(context.terminal())) {
        for (; line != null; line = lines.next()) {
          context.terminal().result(scored(network, line, lines).toString());
          progress.show("line " + lines.number());
        }
      }
    }
    return 0;
  }

  private ObjectNode scored(UnitLanguageModel network, UnitLine line, UnitLines lines) {
    int[] units = lm.units(line);
    boolean bounded = convention == Convention.SLAMKIT;
    int fewest = bounded ? 1 : 2;
    if (units.length < fewest) {
      throw lines.fault("units: " + units.length, fewest + " or more, so that one is scored");
    }
    if (units.length > network.maxPositions()) {
      throw lines.fault("units: " + units.length, "at most " + network.maxPositions());
    }
    float[] nll = network.nll(units, bounded);
    double sum = 0;
    for (float each : nll) {
      sum += each;
    }
    double mean = sum / nll.length;
    ObjectNode node = UnitLine.JSON.createObjectNode();
    node.put("file_name", line.fileName());
    node.put("nll", sum);
    node.put("tokens", nll.length);
    node.put("mean_nll", mean);
    node.put("score", convention == Convention.SUM ? -sum : -mean);
    int[] durations = line.durations();
    if (durations != null) {
      double seconds = Arrays.stream(durations).asLongStream().sum() / rateHz();
      node.put("bits_per_second", sum / LN_2 / seconds);
    }
    if (perToken) {
      for (float each : nll) {
        node.withArray("token_nll").add(each);
      }
    }
    return node;
  }

  private double rateHz() {
    if (unitRateHz == null) {
      unitRateHz = model.unitRateHz(context.networks());
    }
    return unitRateHz;
  }
}
