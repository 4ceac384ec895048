// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Terminal;
import dev.continuo.model.Rendering;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.UnitVocoder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options that choose the voice, and how soon it speaks.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class SpeechArguments {
  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--speaker",
      paramLabel = "N",
      description = "Voice of a vocoder that has several, from 0. Default: 0.")
  private @Nullable Integer speaker;

  @Option(
      names = "--style",
      paramLabel = "N",
      defaultValue = "0",
      description = "Speaking style of a vocoder that has several, from 0. Default: 0.")
  private int style;

  @Option(
      names = "--look-ahead-frames",
      paramLabel = "N",
      defaultValue = "8",
      description = "Frames that --mode low-latency waits for. Default: ${DEFAULT-VALUE}.")
  private int lookAheadFrames;

  @Option(
      names = "--unit-frames",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Frames of each unit where the vocoder predicts no durations. Default: ${DEFAULT-VALUE}.")
  private int unitFrames;

  /**
   * How the vocoder is to speak.
   *
   * @throws ParameterException if it has no such voice or style
   */
  public Rendering rendering(UnitVocoder vocoder, ModeArgument how) {
    int voice = speaker == null ? 0 : speaker;
    check("--speaker", voice, vocoder.speakerCount());
    check("--style", style, vocoder.styleCount());
    if (lookAheadFrames < 0) {
      throw wrong("--look-ahead-frames: " + lookAheadFrames + " (expected: 0 or more)");
    }
    if (unitFrames < 1) {
      throw wrong("--unit-frames: " + unitFrames + " (expected: 1 or more)");
    }
    boolean sooner = how.mode() == Mode.LOW_LATENCY && vocoder.takesLookAhead();
    int lookAhead = sooner ? lookAheadFrames : Rendering.EXACT;
    return new Rendering(voice, style, lookAhead, unitFrames);
  }

  /** Says that there are voices to choose from, where none was chosen. */
  void note(UnitVocoder vocoder, Terminal terminal) {
    if (speaker == null && vocoder.speakerCount() > 1) {
      terminal.note(
          "speaker 0 of " + vocoder.speakerCount() + " speaks; --speaker N chooses another");
    }
  }

  private void check(String option, int value, int count) {
    if (value < 0 || value >= count) {
      String expected = count == 1 ? "0, the vocoder has one" : "0 to " + (count - 1);
      throw wrong(option + ": " + value + " (expected: " + expected + ")");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
