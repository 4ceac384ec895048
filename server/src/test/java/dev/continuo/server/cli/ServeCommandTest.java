// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} as a user meets it. */
class ServeCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Runs a server that is asked to end before it starts, so that it ends when it is ready. */
  private int run(String... args) {
    Stop stop = new Stop();
    stop.ask();
    Terminal terminal =
        new Terminal(new ByteArrayInputStream(new byte[0]), print(out), print(err), false);
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.contains("--http-port")) {
      all.addAll(List.of("--http-port", "off"));
    }
    return Main.run(new Context(terminal, folder, "continuo", stop), all.toArray(String[]::new));
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsOneLineWhenItIsReadyAndEndsWell() {
    assertThat(run("serve", "--bundle", "echo", "--port", "0")).isZero();
    assertThat(out())
        .matches(
            "listening on 127\\.0\\.0\\.1:\\d+, bundle echo, at most 1000 sessions, no HTTP\n");
    assertThat(err()).isEmpty();
  }

  @Test
  void takesOneThreadForTheModels() {
    assertThat(run("serve", "--bundle", "echo", "--port", "0", "--engine-threads", "1")).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void saysThatThePortIsInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run("serve", "--bundle", "echo", "--port", port)).isEqualTo(4);
      assertThat(err()).startsWith("continuo: 127.0.0.1:" + port + ": ").contains("(expected: ");
      assertThat(err().lines()).hasSize(1);
      assertThat(out()).isEmpty();
    }
  }

  @Test
  void saysThatThereIsNoSuchBundle() {
    assertThat(run("serve", "--bundle", "echo,nowhere", "--port", "0")).isEqualTo(3);
    assertThat(err()).startsWith("continuo: nowhere: ").contains("(expected: ");
    assertThat(err().lines()).hasSize(1);
  }

  @Test
  void takesOptionsBeforeSetBeforeFile() throws IOException {
    Path file = folder.resolve("serve.properties");
    Files.writeString(file, "bundle = echo\nport = 0\nmax-sessions = 5\nmax-idle-millis = 7000\n");
    assertThat(run("serve", "--config", file.toString())).isZero();
    assertThat(out()).contains("at most 5 sessions");
    out.reset();
    assertThat(run("serve", "--config", file.toString(), "--set", "max-sessions=6")).isZero();
    assertThat(out()).contains("at most 6 sessions");
    out.reset();
    assertThat(
            run(
                "serve",
                "--config",
                file.toString(),
                "--set",
                "max-sessions=6",
                "--max-sessions",
                "7"))
        .isZero();
    assertThat(out()).contains("at most 7 sessions");
  }

  @Test
  void namesTheFileAndKeyThatIsWrong() throws IOException {
    Path file = folder.resolve("serve.properties");
    Files.writeString(file, "prot = 5\n");
    assertThat(run("serve", "--config", file.toString())).isEqualTo(3);
    assertThat(err()).startsWith("continuo: " + file + ": prot: no such key (expected: one of ");
    err.reset();
    Files.writeString(file, "port = many\n");
    assertThat(run("serve", "--config", file.toString())).isEqualTo(3);
    assertThat(err()).startsWith("continuo: " + file + ": port: many (expected: ");
    err.reset();
    assertThat(run("serve", "--config", folder.resolve("none").toString())).isEqualTo(3);
    assertThat(err()).contains("no such file");
  }

  @Test
  void namesTheOptionThatIsOutsideItsRange() {
    assertThat(run("serve", "--bundle", "echo", "--port", "65536")).isEqualTo(2);
    assertThat(err()).isEqualTo("continuo: --port: 65536 (expected: 0 to 65535)\n");
    err.reset();
    assertThat(run("serve", "--bundle", "echo", "--port", "0", "--max-sessions", "0")).isEqualTo(2);
    assertThat(err()).startsWith("continuo: --max-sessions: 0 (expected: ");
    err.reset();
    assertThat(run("serve", "--bundle", "echo", "--port", "0", "--grace-millis", "-1"))
        .isEqualTo(2);
    assertThat(err()).startsWith("continuo: --grace-millis: -1 (expected: ");
    err.reset();
    assertThat(run("serve", "--bundle", "echo", "--port", "0", "--engine-threads", "3"))
        .isEqualTo(2);
    assertThat(err()).isEqualTo("continuo: --engine-threads: 3 (expected: 1 or 2)\n");
    err.reset();
    assertThat(
            run("serve", "--bundle=echo", "--port=0", "--device=cuda:0", "--engine-threads", "2"))
        .isEqualTo(2);
    assertThat(err())
        .isEqualTo("continuo: --engine-threads: 2 (expected: 1, one thread owns a device)\n");
    err.reset();
    assertThat(run("serve", "--bundle", "echo", "--port", "x")).isEqualTo(2);
    assertThat(err()).isEqualTo("continuo: --port: x (expected: a whole number)\n");
  }
}
