// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command: only its subcommands do anything. <i>Serialised by the caller.</i> */
@Command(
    name = "continuo",
    description = "Continues speech.",
    mixinStandardHelpOptions = true,
    subcommands = ContinuoCommand.LoadTest.class)
final class ContinuoCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Override
  public void run() {
    throw noCommand(spec);
  }

  private static ParameterException noCommand(CommandSpec spec) {
    return new ParameterException(
        spec.commandLine(),
        "no command given (expected: one of "
            + String.join(", ", spec.subcommands().keySet())
            + ")");
  }

  /** {@code loadtest}: only its subcommands do anything. <i>Serialised by the caller.</i> */
  @Command(
      name = "loadtest",
      description = "Many paced sessions against a server, measured as ears do.",
      mixinStandardHelpOptions = true,
      subcommands = RunCommand.class)
  static final class LoadTest implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
      throw noCommand(spec);
    }
  }
}
