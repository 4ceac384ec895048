// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.Sampling;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options that say how units are drawn.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class SamplingArguments {
  private static final int SEED_BITS = 53; // exact in every JSON reader

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "" + Sampling.DEFAULT_TEMPERATURE,
      description = "Divides the logits; 0 takes the likeliest unit. Default: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "" + Sampling.DEFAULT_TOP_K,
      description = "Draw from the N likeliest units; 0: from all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1.0",
      description =
          "Draw from the fewest units whose probability reaches P, in (0, 1]."
              + " Default: ${DEFAULT-VALUE}.")
  private double topP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      defaultValue = "1.0",
      description =
          "Divides the logits of units that stand in the context, if positive; multiplies them if"
              + " not. 1 is none. Default: ${DEFAULT-VALUE}.")
  private double repetitionPenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of the draws: the same gives the same units. Default: a new one, printed.")
  private @Nullable Long seed;

  /** How units are drawn; without {@code --seed} with a new seed at each call. */
  Sampling sampling() {
    return sampling(Preset.NONE);
  }

  /** The same, where a preset gives what no option does. */
  Sampling sampling(Preset preset) {
    long drawn = seed == null ? new SecureRandom().nextLong() >>> (Long.SIZE - SEED_BITS) : seed;
    try {
      return new Sampling(
          given("--temperature") ? temperature : preset.temperature(),
          given("--top-k") ? topK : preset.topK(),
          topP,
          given("--repetition-penalty") ? repetitionPenalty : preset.repetitionPenalty(),
          drawn);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new ParameterException(
          spec.commandLine(),
          "--"
              + message
                  .replace("topK", "top-k")
                  .replace("topP", "top-p")
                  .replace("repetitionPenalty", "repetition-penalty"));
    }
  }

  private boolean given(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }
}
