// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GenerateCommandTest extends CommandTest {
  private static final String PROMPT = "{\"file_name\": \"a.wav\", \"units\": [0, 0, 1, 1]}";

  @Test
  void printsNewUnitsOnlyUntilTheModelEnds() {
    CommandRun run = run("generate", lines(PROMPT).toString(), "--seed", "2").ok();
    assertThat(run.lines())
        .containsExactly("{\"file_name\":\"a.wav\",\"units\":[2,3,4,5,6,7],\"seed\":2}");
    assertThat(networks.loaded()).containsExactly("lm FP16");
  }

  @Test
  void mergesRepeatsOfThePrompt() {
    pipe(PROMPT, "generate", "-", "--max-units", "1").ok();
    assertThat(networks.prompt()).containsExactly(0, 1);
  }

  @Test
  void drawsAsManyAsAskedFor() {
    CommandRun run = pipe(PROMPT, "generate", "-", "--max-units", "2", "--seed", "4").ok();
    assertThat(run.lines()).containsExactly("{\"file_name\":\"a.wav\",\"units\":[2,3],\"seed\":4}");
  }

  @Test
  void anAbsentSeedIsDrawnAndPrinted() {
    CommandRun run = pipe(PROMPT, "generate", "-", "--max-units", "3").ok();
    String seed = run.lines().get(0).replaceAll(".*\"seed\":(\\d+)}", "$1");
    assertThat(seed).matches("\\d+");
    assertThat(pipe(PROMPT, "generate", "-", "--max-units", "3", "--seed", seed).out())
        .isEqualTo(run.out());
  }

  @Test
  void continuesEveryLineAndSkipsBlankOnes() {
    CommandRun run = pipe("\n" + PROMPT + "\n  \n" + PROMPT + "\r\n", "generate", "-").ok();
    assertThat(run.lines()).hasSize(2);
  }

  @Test
  void linesBeforeABadOneAreDone() {
    CommandRun run = run("generate", lines(PROMPT, "{\"units\": [10]}").toString());
    run.failed(
        3, path("units.jsonl") + ": line 2: units[0]: 10 (expected: a whole number, 0 to 9)");
    assertThat(run.lines()).hasSize(1);
  }

  @Test
  void aBadFirstLineIsToldBeforeAnythingIsLoaded() {
    assertThat(pipe("{", "generate", "-").code()).isEqualTo(3);
    assertThat(networks.loaded()).isEmpty();
  }

  @Test
  void refusesMoreThanTheContextHolds() {
    pipe(PROMPT, "generate", "-", "--max-units", "127")
        .failed(
            3,
            "standard input: line 1: units: 2 and --max-units 127 (expected: at most 128 together)");
  }

  @Test
  void refusesNothingToContinue() {
    pipe("{\"units\": []}", "generate", "-")
        .failed(3, "standard input: line 1: units: none (expected: at least one to continue)");
  }
}
