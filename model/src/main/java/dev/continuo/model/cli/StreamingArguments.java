// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.StreamingPolicy.Statistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options of the incremental tokenizer for encoders whose units depend on all of a recording.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class StreamingArguments {
  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--left-context-ms",
      paramLabel = "MS",
      description = "HuBERT: audio before a step that its units see. Default: 2000.")
  private @Nullable Integer leftContextMillis;

  @Option(
      names = "--step-ms",
      paramLabel = "MS",
      description = "HuBERT: audio whose units are computed at once. Default: 480.")
  private @Nullable Integer stepMillis;

  @Option(
      names = "--look-ahead-ms",
      paramLabel = "MS",
      description = "HuBERT: audio behind a step that its units see and wait for. Default: 320.")
  private @Nullable Integer lookAheadMillis;

  @Option(
      names = "--norm-stats",
      paramLabel = "WHICH",
      description =
          "HuBERT: statistics of norms over time, exact (of all audio so far), frozen (of the first"
              + " two seconds) or calibrated (of calibration.wav beside the encoder's config.json,"
              + " else of a recording that comes along). Default: frozen.")
  private @Nullable Statistics statistics;

  /**
   * The policy to stream with, if the encoder takes one.
   *
   * @param how what the end does
   * @throws ParameterException if the options contradict each other, or are given for an encoder
   *     that takes none
   */
  Optional<StreamingPolicy> policy(SpeechEncoder encoder, ModeArgument how) {
    StreamingPolicy policy = policy(how.mode());
    if (encoder.takesPolicy()) {
      return Optional.of(policy);
    }
    List<String> given = given();
    if (!given.isEmpty()) {
      throw wrong(
          given.get(0) + ": given (expected: not with this encoder, exact as audio arrives)");
    }
    return Optional.empty();
  }

  /**
   * The policy of a continuation: none where nothing asks for units before the end, as few of them
   * would stay and each costs.
   *
   * @throws ParameterException as {@link #policy}
   */
  public @Nullable StreamingPolicy sessionPolicy(SpeechEncoder encoder, ModeArgument how) {
    Optional<StreamingPolicy> policy = policy(encoder, how);
    boolean asked = how.mode() == Mode.LOW_LATENCY || !given().isEmpty();
    return asked ? policy.orElse(null) : null;
  }

  /**
   * Checks what can be checked before a network is loaded.
   *
   * @param stream whether audio is streamed at all
   * @throws ParameterException if the options contradict each other, or nothing is streamed
   */
  void check(boolean stream) {
    List<String> given = given();
    if (!stream && !given.isEmpty()) {
      throw wrong(given.get(0) + ": given without --stream (expected: both)");
    }
    policy(Mode.EXACT);
  }

  private List<String> given() {
    Object[] values = {leftContextMillis, stepMillis, lookAheadMillis, statistics};
    List<String> names =
        List.of("--left-context-ms", "--step-ms", "--look-ahead-ms", "--norm-stats");
    List<String> given = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        given.add(names.get(i));
      }
    }
    return given;
  }

  private StreamingPolicy policy(Mode mode) {
    StreamingPolicy otherwise = StreamingPolicy.standard();
    try {
      return new StreamingPolicy(
          leftContextMillis == null ? otherwise.leftContextMillis() : leftContextMillis,
          stepMillis == null ? otherwise.stepMillis() : stepMillis,
          lookAheadMillis == null ? otherwise.lookAheadMillis() : lookAheadMillis,
          statistics == null ? otherwise.statistics() : statistics,
          mode);
    } catch (IllegalArgumentException e) {
      throw wrong("--" + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
