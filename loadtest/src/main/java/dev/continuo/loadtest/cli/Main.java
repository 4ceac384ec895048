// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import dev.continuo.cli.Build;
import dev.continuo.cli.Commands;
import dev.continuo.cli.Failures;
import dev.continuo.cli.Logs;
import dev.continuo.cli.Terminal;
import dev.continuo.loadtest.drive.ServerGoneException;
import java.nio.file.Path;

/**
 * Entry of the load driver.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    Logs.route(); // gRPC has much to say
    System.exit(run(Terminal.ofProcess(), home(), args));
  }

  /**
   * Runs one command.
   *
   * @param home folder for logs
   * @return the exit code: 0 done, 1 defect of ours, 2 wrong usage, 3 bad input, 4 server gone, 5 a
   *     threshold not met, 130 interrupted
   */
  static int run(Terminal terminal, Path home, String... args) {
    Failures failures =
        new Failures(terminal, home, e -> e instanceof ServerGoneException ? Failures.SERVER : 0);
    return Commands.run(new ContinuoCommand(), terminal, terminal, failures, Main::versions, args);
  }

  private static String[] versions() {
    Build build = Build.current();
    return new String[] {
      "continuo " + build.version(),
      "commit " + build.commit(),
      "java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
    };
  }

  private static Path home() {
    String set = System.getenv("CONTINUO_HOME");
    return set == null || set.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "continuo")
        : Path.of(set);
  }
}
