// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Commands;
import dev.continuo.cli.Failures;
import dev.continuo.cli.Terminal;
import dev.continuo.model.InputException;
import dev.continuo.model.bundle.BundleStore;
import java.nio.file.Path;

/**
 * Entry of the offline commands.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    Path home = BundleStore.home();
    System.exit(run(terminal, new BundleNetworks(home), home, args));
  }

  /**
   * Runs one command.
   *
   * @param networks where commands get their networks from
   * @param home folder for logs
   * @return the exit code: 0 done, 1 defect of ours, 2 wrong usage, 3 bad input
   */
  static int run(Terminal terminal, NetworkSource networks, Path home, String... args) {
    Failures failures =
        new Failures(terminal, home, e -> e instanceof InputException ? Failures.INPUT : 0);
    Context context = new Context(terminal, networks);
    return Commands.run(
        new ContinuoCommand(), context, terminal, failures, new VersionLines(), args);
  }
}
