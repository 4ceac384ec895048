// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * What {@code continue} is asked for, offline or of a server: which recording, how much of it, and
 * where the result goes.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class ContinueArguments {
  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Parameters(paramLabel = "IN", description = "WAV, FLAC or Ogg Opus; - for standard input.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path in;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT.wav",
      description = "WAV (PCM16, the vocoder's rate) to write; - for standard output.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path out;

  @Option(
      names = "--prompt-seconds",
      paramLabel = "S",
      description = "Take only the first seconds of the recording. Default: all of it.")
  private @Nullable Double promptSeconds;

  @Option(
      names = "--continuation-only",
      description = "Write the continuation without the recording.")
  private boolean continuationOnly;

  @Option(
      names = "--json",
      description =
          "Print the result as one JSON object. A server counts the time for durations within"
              + " vocode.")
  private boolean json;

  /**
   * Checks what picocli cannot.
   *
   * @throws ParameterException naming the option, its value and what was expected
   */
  public void check() {
    if (promptSeconds != null && !(promptSeconds > 0)) {
      throw wrong("--prompt-seconds: " + promptSeconds + " (expected: more than 0)");
    }
    if (json && StandardStreams.isOne(out)) {
      throw wrong("--json: standard output is taken by -o - (expected: a file for the audio)");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** The recording; {@code -} is standard input. */
  public Path in() {
    return in;
  }

  /** The WAV to write; {@code -} is standard output. */
  public Path out() {
    return out;
  }

  /** How many seconds of the recording count; infinite for all. */
  public double promptSeconds() {
    return promptSeconds == null ? Double.POSITIVE_INFINITY : promptSeconds;
  }

  /** Whether the recording is written before its continuation. */
  public boolean withRecording() {
    return !continuationOnly;
  }

  /** Whether the result is printed as JSON; if not, as a line unless the audio is printed. */
  public boolean json() {
    return json;
  }
}
