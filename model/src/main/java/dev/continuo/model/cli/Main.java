// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.bundle.BundleStore;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;

/**
 * Entry of the offline commands.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class Main {
  private Main() {}

  /**
   * Runs one command and exits with its code. The launcher says by the property {@code
   * continuo.terminal} whether standard error is a terminal: Java itself cannot tell it apart from
   * standard input and output.
   */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    PrintStream out =
        new StandardOutput(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    // libraries that print (jFLAC does) must not spoil results
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    Terminal terminal = new Terminal(System.in, out, err, Boolean.getBoolean("continuo.terminal"));
    int code = run(terminal, new BundleNetworks(BundleStore.home()), BundleStore.home(), args);
    System.exit(code);
  }

  /**
   * Runs one command.
   *
   * @param networks where commands get their networks from
   * @param home folder for logs
   * @return the exit code: 0 done, 1 defect of ours, 2 wrong usage, 3 bad input
   */
  static int run(Terminal terminal, NetworkSource networks, Path home, String... args) {
    Context context = new Context(terminal, networks);
    CommandLine line = new CommandLine(new ContinuoCommand(), new CommandFactory(context));
    Failures failures = new Failures(terminal, home);
    configure(line, terminal, failures);
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

  private static void configure(CommandLine line, Terminal terminal, Failures failures) {
    line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler(failures);
    line.setExecutionExceptionHandler(failures);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExpandAtFiles(false);
    line.getSubcommands().values().forEach(Main::versioned);
  }

  private static void versioned(CommandLine command) {
    command.getCommandSpec().versionProvider(new VersionLines());
    command.getSubcommands().values().forEach(Main::versioned);
  }
}
