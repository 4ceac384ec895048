// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.cli.StandardOutput;
import dev.continuo.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What a command came to that ran in this process.
 *
 * <p><i>Immutable.</i>
 *
 * @param code exit code
 * @param out standard output, a byte a character
 * @param err standard error
 */
record CommandRun(int code, String out, String err) {

  /** Runs a command; {@code home} takes its logs. */
  static CommandRun of(Path home, NetworkSource networks, byte[] stdin, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(stdin),
            new StandardOutput(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int code = Main.run(terminal, networks, home, args);
    return new CommandRun(
        code, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.UTF_8));
  }

  /** The bytes of standard output. */
  byte[] bytes() {
    return out.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Lines of standard output, as UTF-8. */
  List<String> lines() {
    return new String(bytes(), StandardCharsets.UTF_8).lines().toList();
  }

  /** Checks that the command said nothing on standard error and exited with 0. */
  CommandRun ok() {
    assertThat(err).isEmpty();
    assertThat(code).isZero();
    return this;
  }

  /** Checks that the command exited with this code and said exactly this line. */
  void failed(int expected, String line) {
    assertThat(err).isEqualTo("continuo: " + line + "\n");
    assertThat(code).isEqualTo(expected);
  }
}
