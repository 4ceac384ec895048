// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;

/**
 * Runs the commands of a module as all of them run: values checked, failures in one line.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class Commands {
  private Commands() {}

  /**
   * Runs one command.
   *
   * @param root picocli's root command, whose subcommands do the work
   * @param context given to commands whose constructor takes it
   * @param versions what {@code --version} prints, of every command
   * @return the exit code
   */
  public static int run(
      Object root,
      Object context,
      Terminal terminal,
      Failures failures,
      IVersionProvider versions,
      String... args) {
    CommandLine line = new CommandLine(root, new CommandFactory(context));
    line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler(failures);
    line.setExecutionExceptionHandler(failures);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExpandAtFiles(false);
    versioned(line, versions);
    try {
      int code = line.execute(args);
      if (code == 0) {
        terminal.check();
      }
      return code;
    } catch (RuntimeException | Error e) {
      // what the parser does not hand on: an Error, or output that failed at the very end
      return failures.report(e, Arrays.asList(args).contains(Failures.DEBUG));
    }
  }

  private static void versioned(CommandLine command, IVersionProvider versions) {
    command.getCommandSpec().versionProvider(versions);
    command.getSubcommands().values().forEach(c -> versioned(c, versions));
  }
}
