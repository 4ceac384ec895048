// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.bundle.FakeBundle;
import org.junit.jupiter.api.Test;

class ScoreCommandTest extends CommandTest {
  private static final String LINE = "{\"file_name\": \"a.wav\", \"units\": [3, 3, 4, 9]}";

  @Test
  void theFirstUnitIsNotScoredAndTheMeanIsCompared() {
    CommandRun run = pipe(LINE, "score", "-").ok();
    assertThat(run.lines())
        .containsExactly(
            "{\"file_name\":\"a.wav\",\"nll\":2.0,\"tokens\":2,\"mean_nll\":1.0,\"score\":-1.0}");
    assertThat(networks.loaded()).containsExactly("lm F32");
  }

  @Test
  void sumsAreComparedWhereAskedFor() {
    assertThat(pipe(LINE, "score", "-", "--convention", "sum").ok().out())
        .contains("\"mean_nll\":1.0,\"score\":-2.0");
  }

  @Test
  void eachTokenIsShownWhereAskedFor() {
    assertThat(pipe(LINE, "score", "-", "--per-token").ok().out())
        .contains("\"token_nll\":[0.5,1.5]");
  }

  @Test
  void durationsGiveBitsPerSecond() {
    String line = "{\"units\": [3, 4], \"durations\": [10, 15]}"; // a second at 25 Hz
    double bits = 0.5 / Math.log(2);
    assertThat(pipe(line, "score", "-").ok().out()).contains("\"bits_per_second\":" + bits);
    assertThat(pipe(line, "score", "-", "--unit-rate", "50").ok().out())
        .contains("\"bits_per_second\":" + 2 * bits);
  }

  @Test
  void slamKitsConventionNeedsAStartAndAnEnd() {
    pipe(LINE, "score", "-", "--convention", "slamkit")
        .failed(
            3,
            bundle.file("lm/config.json")
                + ": names no id that starts and ends a sequence (expected: one, as SlamKit's models"
                + " have)");
    assertThat(networks.loaded()).isEmpty();
    FakeBundle slam = FakeBundle.in(folder.resolve("slam"));
    slam.edit("lm/config.json", "'llama'", "'speech_language_model'");
    slam.edit("lm/config.json", "'vocab_size': 11", "'vocab_size': 12");
    String lm = slam.file("lm").toString();
    assertThat(pipe(LINE, "score", "-", "--convention", "slamkit", "--lm", lm).ok().out())
        .contains("\"nll\":5.0,\"tokens\":4,\"mean_nll\":1.25,\"score\":-1.25");
    assertThat(networks.ids().startIds()).containsExactly(1);
    assertThat(networks.ids().firstUnitId()).isEqualTo(2);
    assertThat(networks.ids().units()).isEqualTo(10);
    pipe("{\"units\": [11]}", "score", "-", "--convention", "slamkit", "--raw-ids", "--lm", lm)
        .ok();
    assertThat(networks.ids().startIds()).containsExactly(1);
    assertThat(networks.ids().firstUnitId()).isZero();
  }

  @Test
  void refusesWhatCannotBeScored() {
    pipe("{\"units\": [3, 3]}", "score", "-")
        .failed(3, "standard input: line 1: units: 1 (expected: 2 or more, so that one is scored)");
    String many = "[" + "1, 2, ".repeat(64) + "3]";
    pipe("{\"units\": " + many + "}", "score", "-")
        .failed(3, "standard input: line 1: units: 129 (expected: at most 128)");
  }

  @Test
  void aBadFirstLineIsToldBeforeAnythingIsLoaded() {
    assertThat(pipe("{", "score", "-").code()).isEqualTo(3);
    assertThat(networks.loaded()).isEmpty();
  }
}
