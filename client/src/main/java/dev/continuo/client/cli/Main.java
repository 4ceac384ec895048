// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.cli.Build;
import dev.continuo.cli.Commands;
import dev.continuo.cli.Failures;
import dev.continuo.cli.Terminal;
import dev.continuo.client.ServerException;
import dev.continuo.wire.Reasons;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.logging.LogManager;

/**
 * Entry of the commands that speak to a server.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    if (!Arrays.asList(args).contains(Failures.DEBUG)) {
      LogManager.getLogManager().reset(); // gRPC logs there what a failure says in one line
    }
    Context context = new Context(Terminal.ofProcess(), new SoundCards(), new SystemClock());
    System.exit(run(context, home(), args));
  }

  /**
   * Runs one command.
   *
   * @param home folder for logs
   * @return the exit code: 0 done, 1 defect of ours, 2 wrong usage, 3 bad input, 4 server
   */
  static int run(Context context, Path home, String... args) {
    Terminal terminal = context.terminal();
    Failures failures = new Failures(terminal, home, Main::expected);
    return Commands.run(new ClientCommands(), context, terminal, failures, Main::versions, args);
  }

  private static int expected(Throwable e) {
    if (e instanceof ServerException failure) {
      boolean input =
          failure.reason().equals(Reasons.INVALID_AUDIO)
              || failure.reason().equals(Reasons.AUDIO_TOO_LONG);
      return input ? Failures.INPUT : Failures.SERVER;
    }
    if (e instanceof AnswerException) {
      return Failures.SERVER;
    }
    return e instanceof InputException ? Failures.INPUT : 0;
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
    String given = System.getenv("CONTINUO_HOME");
    return given == null || given.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "continuo")
        : Path.of(given);
  }
}
