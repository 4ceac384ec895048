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
final class SpeechArguments {
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
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "exact",
      description =
          "exact: samples are those of the whole utterance; low-latency: CodeHiFiGAN gives them"
              + " after --look-ahead-frames already. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Mode mode;

  @Option(
      names = "--look-ahead-frames",
      paramLabel = "N",
      defaultValue = "8",
      description = "Frames that --mode low-latency waits for. Default: ${DEFAULT-VALUE}.")
  private int lookAheadFrames;

  /** Whether samples may differ from those of the whole utterance. */
  boolean isLowLatency() {
    return mode == Mode.LOW_LATENCY;
  }

  /**
   * How the vocoder is to speak.
   *
   * @throws ParameterException if it has no such voice or style
   */
  Rendering rendering(UnitVocoder vocoder, Terminal terminal) {
    int voice = speaker == null ? 0 : speaker;
    check("--speaker", voice, vocoder.speakerCount());
    check("--style", style, vocoder.styleCount());
    if (lookAheadFrames < 0) {
      throw wrong("--look-ahead-frames: " + lookAheadFrames + " (expected: 0 or more)");
    }
    if (speaker == null && vocoder.speakerCount() > 1) {
      terminal.note(
          "speaker 0 of " + vocoder.speakerCount() + " speaks; --speaker N chooses another");
    }
    return new Rendering(voice, style, isLowLatency() ? lookAheadFrames : Rendering.EXACT);
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
