// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

final class ContinueArgumentsTest {
  @Command(name = "continue")
  private static final class Sample {
    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ContinueArguments arguments;
  }

  private static ContinueArguments parsed(String... line) {
    Sample sample = new Sample();
    CommandLine command = new CommandLine(sample);
    command.parseArgs(line);
    sample.arguments.check();
    return sample.arguments;
  }

  @Test
  void takesTheWholeRecordingUnlessToldOtherwise() {
    ContinueArguments all = parsed("in.wav", "-o", "out.wav");
    assertThat(all.promptSeconds()).isInfinite();
    assertThat(all.withRecording()).isTrue();
    assertThat(all.json()).isFalse();
    assertThat(all.in()).isEqualTo(Path.of("in.wav"));
    assertThat(all.out()).isEqualTo(Path.of("out.wav"));
    ContinueArguments some =
        parsed("-", "-o", "a.wav", "--prompt-seconds", "2.5", "--continuation-only", "--json");
    assertThat(some.promptSeconds()).isEqualTo(2.5);
    assertThat(some.withRecording()).isFalse();
    assertThat(some.json()).isTrue();
    assertThat(StandardStreams.inputName(some.in())).isEqualTo("standard input");
  }

  @Test
  void refusesAPromptOfNothing() {
    for (String value : new String[] {"0", "-1", "NaN"}) {
      assertThatThrownBy(() -> parsed("in.wav", "-o", "o.wav", "--prompt-seconds", value))
          .isInstanceOf(ParameterException.class)
          .hasMessageStartingWith("--prompt-seconds: ")
          .hasMessageEndingWith("(expected: more than 0)");
    }
  }

  @Test
  void refusesJsonWhereTheAudioGoes() {
    assertThatThrownBy(() -> parsed("in.wav", "-o", "-", "--json"))
        .isInstanceOf(ParameterException.class)
        .hasMessageStartingWith("--json: standard output is taken by -o -");
    assertThat(parsed("in.wav", "-o", "-").json()).isFalse();
  }
}
