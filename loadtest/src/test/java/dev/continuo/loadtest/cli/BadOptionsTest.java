// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadOptionsTest {
  private final CommandRun command = new CommandRun();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--server nowhere | --server: nowhere (expected: HOST:PORT)",
        "--server a:70000 | --server: a:70000 (expected: a port from 1 to 65535)",
        "--sessions x | --sessions: x (expected: a whole number)",
        "--sessions 0 | --sessions: 0 (expected: 1 to 100000)",
        "--sessions 2 --rate 3 | --sessions: with --rate or --arrivals (expected: a closed loop or an open one)",
        "--sessions 2 --turns 3 | --turns: 3 with --sessions (expected: --rate: a closed loop goes on and on)",
        "--rate -1 | --rate: -1.0 (expected: above 0, at most 10000)",
        "--rate fast | --rate: fast (expected: a number)",
        "--arrivals daily | --arrivals: daily (expected: constant, poisson or bursts)",
        "--burst-size 0 | --burst-size: 0 (expected: 1 to 100000)",
        "--duration 0s | --duration: 0s (expected: more than 0)",
        "--duration long | --duration: long (expected: a time such as 60s, 500ms or 2m, a day at most)",
        "--warmup 5d | --warmup: 5d (expected: a time such as 60s, 500ms or 2m, a day at most)",
        "--drain -5s | --drain: -5s (expected: a time such as 60s, 500ms or 2m, a day at most)",
        "--prompt-seconds x | --prompt-seconds: x (expected: seconds, uniform:LOW,HIGH, exponential:MEAN or lognormal:MEDIAN,SIGMA, up to an hour)",
        "--codec mp3 | --codec: mp3 (expected: pcm16 or opus)",
        "--pacing slow | --pacing: slow (expected: real-time or none)",
        "--stall-share 2 | --stall-share: 2.0 (expected: 0 to 1)",
        "--vanish-share 0.6 --stall-share 0.6 | --vanish-share: 0.6 with --stall-share 0.6 (expected: at most 1 together)",
        "--connections 0 | --connections: 0 (expected: 1 to 1000)",
        "--player-buffer-ms -1 | --player-buffer-ms: -1 (expected: 0 to 10000)",
        "--commit-delay-ms 70000 | --commit-delay-ms: 70000 (expected: 0 to 60000)",
        "--fail-on p95>3 | --fail-on: p95>3: no number p95 in report.json (expected: NAME OPERATOR NUMBER with a name of report.json, such as first_audio_after_commit_ms.p95>300)",
        "--nonsense | --nonsense: no such option (expected: see continuo loadtest run --help)"
      })
  void areOneLineAndTwo(String options, String line) {
    assertThat(command.run(("loadtest run " + options).split(" "))).isEqualTo(2);
    assertThat(command.err()).isEqualTo("continuo: " + line + "\n");
    assertThat(command.out()).isEmpty();
  }

  @Test
  void aMissingCommandNamesThoseThereAre() {
    assertThat(command.run("loadtest")).isEqualTo(2);
    assertThat(command.err()).isEqualTo("continuo: no command given (expected: one of run)\n");
  }

  @Test
  void aFolderOfPromptsThatIsNotThereIsThree(@TempDir Path folder) {
    Path missing = folder.resolve("none");
    assertThat(command.run("loadtest", "run", "--prompts", missing.toString())).isEqualTo(3);
    assertThat(command.err())
        .isEqualTo("continuo: " + missing + ": not a folder (expected: a folder)\n");
  }

  @Test
  void everyOptionIsExplainedWithItsDefault() {
    assertThat(command.run("loadtest", "run", "--help")).isZero();
    assertThat(command.out()).contains("--fail-on", "--stall-share", "Default: 200.");
  }
}
