// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.bundle.FakeBundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A bundle, networks and a folder for a command's test; checks that nothing is left open. */
abstract class CommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  FakeNetworks networks;

  @SuppressWarnings("NullAway.Init") // set before each test
  FakeBundle bundle;

  @BeforeEach
  void makeBundle() {
    networks = new FakeNetworks(folder.resolve("home"));
    bundle = FakeBundle.in(folder.resolve("bundle"));
  }

  @AfterEach
  void everyNetworkAndStreamIsClosed() {
    assertThat(networks.open()).isZero();
  }

  /** Runs a command with the fake bundle. */
  CommandRun run(String... args) {
    return pipe("", args);
  }

  /** The same with text on standard input. */
  CommandRun pipe(String stdin, String... args) {
    return pipe(stdin.getBytes(StandardCharsets.UTF_8), args);
  }

  CommandRun pipe(byte[] stdin, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--bundle");
    all.add(bundle.folder().toString());
    return plain(stdin, all.toArray(String[]::new));
  }

  /** Runs a command as it is given. */
  CommandRun plain(byte[] stdin, String... args) {
    return CommandRun.of(folder.resolve("home"), networks, stdin, args);
  }

  /** Writes lines of units to a file. */
  Path lines(String... lines) {
    String text = String.join("\n", lines) + "\n";
    return TestAudio.file(folder.resolve("units.jsonl"), text.getBytes(StandardCharsets.UTF_8));
  }

  /** A path in the test's folder, as an argument. */
  String path(String name) {
    return folder.resolve(name).toString();
  }
}
