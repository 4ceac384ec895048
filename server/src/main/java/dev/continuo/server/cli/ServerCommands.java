// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command: only its subcommands do anything. <i>Serialised by the caller.</i> */
@Command(
    name = "continuo",
    description = "Continues speech: the streaming server.",
    mixinStandardHelpOptions = true,
    subcommands = {ServeCommand.class, DemoCommand.class})
final class ServerCommands implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given (expected: serve or demo)");
  }
}
