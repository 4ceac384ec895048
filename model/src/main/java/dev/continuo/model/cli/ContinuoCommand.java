// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command: only its subcommands do anything. <i>Serialised by the caller.</i> */
@Command(
    name = "continuo",
    description = "Continues speech: audio in, discrete units, a unit language model, audio out.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLines.class,
    subcommands = {
      ContinueCommand.class,
      UnitsCommand.class,
      GenerateCommand.class,
      ScoreCommand.class,
      VocodeCommand.class,
      BundleCommand.class,
      BenchCommand.class
    })
final class ContinuoCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command given (expected: one of "
            + String.join(", ", spec.subcommands().keySet())
            + ")");
  }
}
