// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Sampling;
import dev.continuo.model.bundle.FakeBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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

  @Test
  void samplesHaveSeedsThatFollowEachOther() {
    CommandRun run = pipe(PROMPT, "generate", "-", "--num-samples", "3", "--seed", "2").ok();
    assertThat(run.lines())
        .containsExactly(
            "{\"file_name\":\"a.wav\",\"units\":[2,3,4,5,6,7],\"seed\":2,\"sample\":0}",
            "{\"file_name\":\"a.wav\",\"units\":[4,7],\"seed\":3,\"sample\":1}",
            "{\"file_name\":\"a.wav\",\"units\":[2,3,4,5,6,7],\"seed\":4,\"sample\":2}");
    assertThat(pipe(PROMPT, "generate", "-", "--seed", "3").ok().lines())
        .containsExactly("{\"file_name\":\"a.wav\",\"units\":[4,7],\"seed\":3}");
  }

  @Test
  void presetsSayWhatNoOptionDoes() {
    pipe(PROMPT, "generate", "-", "--preset", "slam", "--seed", "2").ok();
    assertThat(networks.sampling()).isEqualTo(new Sampling(0.8, 25, 1, 1.1, 2));
    pipe(PROMPT, "generate", "-", "--preset", "twist", "--seed", "2").ok();
    assertThat(networks.sampling()).isEqualTo(new Sampling(0.8, 50, 1, 1, 2));
    String[] all = "--temperature 2 --top-k 3 --top-p 0.5 --repetition-penalty 1.3".split(" ");
    List<String> words =
        new ArrayList<>(List.of("generate", "-", "--preset", "slam", "--seed", "2"));
    words.addAll(List.of(all));
    pipe(PROMPT, words.toArray(String[]::new)).ok();
    assertThat(networks.sampling()).isEqualTo(new Sampling(2, 3, 0.5, 1.3, 2));
  }

  @Test
  void twistsPresetCountsThePrompt() {
    CommandRun run = pipe(PROMPT, "generate", "-", "--preset", "twist", "--seed", "2").ok();
    assertThat(run.out()).contains("\"units\":[2,3,4,5]"); // 3 x 2 in all
    String long250 = IntStream.range(0, 250).mapToObj(i -> "" + i % 10).collect(joining(","));
    pipe("{\"units\": [" + long250 + "]}", "generate", "-", "--preset", "twist")
        .failed(
            3,
            "standard input: line 1: units: 250 with --preset twist (expected: fewer than it lets a"
                + " line have in all, or --max-units)");
  }

  @Test
  void rawIdsAreNeitherMergedNorBarredNorEnding() {
    CommandRun run =
        pipe("{\"units\": [10, 0, 0]}", "generate", "-", "--raw-ids", "--max-units", "1");
    run.ok();
    assertThat(networks.prompt()).containsExactly(10, 0, 0);
    assertThat(networks.ids().units()).isEqualTo(11);
    assertThat(networks.ids().barredIds()).isEmpty();
    assertThat(networks.ids().endIds()).isEmpty();
  }

  @Test
  void aFolderSaysHowManyUnitsItHas() {
    FakeBundle other = FakeBundle.in(folder.resolve("other"));
    other.edit("lm/config.json", "'vocab_size': 11", "'vocab_size': 40");
    String lm = other.file("lm").toString();
    pipe(PROMPT, "generate", "-", "--lm", lm).ok();
    assertThat(networks.ids().units()).isEqualTo(FakeBundle.UNITS);
    pipe(PROMPT, "generate", "-", "--lm", lm, "--units", "30").ok();
    assertThat(networks.ids().units()).isEqualTo(30);
    other.edit("lm/config.json", "'offset': 0", "'offset': 2, 'num_units': 20");
    pipe(PROMPT, "generate", "-", "--lm", lm).ok();
    assertThat(networks.ids().units()).isEqualTo(20);
    assertThat(networks.ids().firstUnitId()).isEqualTo(2);
    assertThat(networks.loaded()).containsOnly("lm FP16");
  }

  @Test
  void aFolderThatIsTooSmallIsRefused() {
    FakeBundle other = FakeBundle.in(folder.resolve("other"));
    String lm = other.file("lm").toString();
    pipe(PROMPT, "generate", "-", "--lm", lm, "--units", "12")
        .failed(
            3,
            other.file("lm/config.json")
                + ": vocab_size: 11 (expected: >= 12 for 12 units from id 0, as in "
                + other.file("lm/config.json")
                + ")");
    assertThat(networks.loaded()).isEmpty();
  }
}
