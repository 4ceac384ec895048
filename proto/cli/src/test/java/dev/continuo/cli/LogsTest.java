// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What a process's log has in the end. */
class LogsTest {
  private static final int LINES = 3_000; // more than wait for their turn

  /** The process under test: writes later if it has an argument. */
  static final class Talkative {
    public static void main(String[] args) {
      if (args.length > 0) {
        Logs.later();
      }
      Logger log = LoggerFactory.getLogger(Talkative.class);
      for (int i = 0; i < LINES; i++) {
        MDC.put("session_id", "s" + i);
        log.warn("line {}", i);
        MDC.remove("session_id");
      }
      Logs.close();
      Runtime.getRuntime().halt(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"now", "later"})
  void hasEveryLineInOrderWithItsSessionAndNothingElse(String when)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Talkative.class.getName());
    if (when.equals("later")) {
      command.add(when);
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.startsWith("Picked up"))
            .toList();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(lines).hasSize(LINES);
    for (int i = 0; i < LINES; i++) {
      assertThat(lines.get(i)).endsWith("[s" + i + "] - line " + i);
    }
  }
}
