// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.v1.SamplingSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options that say how long the continuation is and how its units are drawn; those not given are
 * left to the server.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class SpeechArguments {
  private static final double MAX_TEMPERATURE = 10;
  private static final double MIN_SECONDS = 0.04;
  private static final double MAX_SECONDS = 86_400;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "Length of the continuation in seconds. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Divides the logits, 0 to 10; 0 takes the likeliest unit. Default: 0.8.")
  private @Nullable Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Draw from the N likeliest units; 0: from all. Default: 50.")
  private @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Draw from the fewest units whose probability reaches P, in (0, 1]. Default: 1.0.")
  private @Nullable Double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Seed of the draws: the same gives the same units. Default: a new one, printed.")
  private @Nullable Long seed;

  /** Length in milliseconds. */
  int millis() {
    if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) {
      throw wrong("--seconds: " + seconds + " (expected: " + MIN_SECONDS + " or more)");
    }
    return (int) Math.round(seconds * 1000);
  }

  /** How units are drawn, as far as it was said. */
  SamplingSettings sampling() {
    SamplingSettings.Builder sampling = SamplingSettings.newBuilder();
    if (temperature != null) {
      if (!(temperature >= 0 && temperature <= MAX_TEMPERATURE)) {
        throw wrong("--temperature: " + temperature + " (expected: 0 to 10)");
      }
      sampling.setTemperature(temperature);
    }
    if (topK != null) {
      if (topK < 0) {
        throw wrong("--top-k: " + topK + " (expected: >= 0)");
      }
      sampling.setTopK(topK);
    }
    if (topP != null) {
      if (!(topP > 0 && topP <= 1)) {
        throw wrong("--top-p: " + topP + " (expected: in (0, 1])");
      }
      sampling.setTopP(topP);
    }
    if (seed != null) {
      sampling.setSeed(seed);
    }
    return sampling.build();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
