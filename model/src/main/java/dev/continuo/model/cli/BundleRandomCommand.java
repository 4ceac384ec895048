// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Failures;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.random.RandomBundle;
import dev.continuo.model.random.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bundle random}: a bundle of random weights. <i>Serialised by the caller.</i> */
@Command(
    name = "random",
    mixinStandardHelpOptions = true,
    description = "Makes a bundle of random weights, for load tests and for measuring costs.")
final class BundleRandomCommand implements Callable<Integer> {
  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      defaultValue = "default",
      description =
          "default, twist-350m, slamkit, opt-125m, opt-350m, pythia-160m or pythia-410m."
              + " Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String shape;

  @Option(
      names = "--unit-rate",
      paramLabel = "HZ",
      defaultValue = "25",
      description =
          "Units a second: 12.5, 25, 50 or 100; with twist-350m 25 or 50."
              + " Default: ${DEFAULT-VALUE}.")
  private double unitRateHz;

  @Option(
      names = "--units",
      paramLabel = "K",
      defaultValue = "500",
      description = "Number of distinct units. Default: ${DEFAULT-VALUE}.")
  private int units;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The same seed gives the same bytes. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder to make; it must not exist.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path output;

  @Option(names = "--json", description = "One JSON object. Default: off.")
  private boolean json;

  @Option(names = Failures.DEBUG, description = "Show the stack trace of a failure. Default: off.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  BundleRandomCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Bundle made = bundle().write(output);
    MadeBundle.print(context.terminal(), made, json);
    return 0;
  }

  private RandomBundle bundle() {
    Shape known =
        Shape.of(shape)
            .orElseThrow(
                () -> {
                  String names =
                      Arrays.stream(Shape.values())
                          .map(Shape::label)
                          .collect(Collectors.joining(", "));
                  return wrong("shape: " + shape + " (expected: one of " + names + ")");
                });
    try {
      return new RandomBundle(known, unitRateHz, units, seed);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), "--" + what);
  }
}
