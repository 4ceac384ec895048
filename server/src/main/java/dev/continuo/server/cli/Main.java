// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.cli.Build;
import dev.continuo.cli.Commands;
import dev.continuo.cli.Failures;
import dev.continuo.cli.Logs;
import dev.continuo.cli.Terminal;
import dev.continuo.model.InputException;
import dev.continuo.model.bundle.BundleStore;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Entry of the server's commands.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class Main {
  private static final String LOG_LEVEL = "continuo.log";

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    if (Arrays.asList(args).contains("serve")) {
      Logs.later(); // who is refused would wait for the line about whoever was before
      if (System.getProperty(LOG_LEVEL) == null) {
        System.setProperty(LOG_LEVEL, "INFO"); // sessions that start and end; not each frame
      }
    }
    Terminal terminal = Terminal.ofProcess();
    Path home = BundleStore.home();
    String launcher = System.getProperty("continuo.launcher", "continuo");
    int code = run(new Context(terminal, home, launcher, Stop.ofProcess()), args);
    Logs.close();
    System.exit(code);
  }

  /**
   * Runs one command.
   *
   * @return the exit code: 0 stopped as asked, 1 defect of ours, 2 wrong usage, 3 bad bundle or
   *     configuration, 4 the port cannot be had
   */
  static int run(Context context, String... args) {
    Failures failures = new Failures(context.terminal(), context.home(), Main::exitCode);
    return Commands.run(
        new ServerCommands(),
        context,
        context.terminal(),
        failures,
        () ->
            new String[] {
              "continuo " + Build.current().version(), "commit " + Build.current().commit()
            },
        args);
  }

  private static int exitCode(Throwable failure) {
    if (failure instanceof InputException) {
      return Failures.INPUT;
    }
    return failure instanceof PortException ? Failures.SERVER : 0;
  }
}
