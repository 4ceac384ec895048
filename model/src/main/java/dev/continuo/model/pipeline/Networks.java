// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.Rendering;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import org.jspecify.annotations.Nullable;

/**
 * The three networks of a continuation, and how two of them run. Borrowed: whoever loaded them
 * closes them.
 *
 * <p><i>Thread-safe: so are the networks.</i>
 *
 * @param encoder audio to units
 * @param languageModel units to units
 * @param vocoder units to audio
 * @param policy how the encoder runs while a prompt arrives, where it {@linkplain
 *     SpeechEncoder#takesPolicy takes one}; without, such an encoder gives its units at the end
 * @param rendering how the vocoder speaks where a session does not say otherwise
 */
public record Networks(
    SpeechEncoder encoder,
    UnitLanguageModel languageModel,
    UnitVocoder vocoder,
    @Nullable StreamingPolicy policy,
    Rendering rendering) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if the networks disagree about the number of units
   */
  public Networks {
    int units = encoder.unitCount();
    if (languageModel.unitCount() != units || vocoder.unitCount() != units) {
      throw new IllegalArgumentException(
          "unitCount: encoder %d, language model %d, vocoder %d (expected: the same)"
              .formatted(units, languageModel.unitCount(), vocoder.unitCount()));
    }
  }

  /** Networks that run without a policy and speak with the first voice, exactly. */
  public Networks(SpeechEncoder encoder, UnitLanguageModel languageModel, UnitVocoder vocoder) {
    this(encoder, languageModel, vocoder, null, Rendering.first());
  }

  /** The same networks, where the vocoder speaks otherwise. */
  public Networks speaking(Rendering otherwise) {
    return new Networks(encoder, languageModel, vocoder, policy, otherwise);
  }

  /**
   * Starts on the durations of an utterance: those of a vocoder that predicts none are constant.
   */
  UnitVocoder.Durations openDurations() {
    return vocoder.predictsDurations()
        ? vocoder.openDurations()
        : new ConstantDurations(rendering.unitFrames());
  }

  /** Starts on a prompt. */
  SpeechEncoder.Stream openEncoder() {
    return policy != null && encoder.takesPolicy() ? encoder.open(policy) : encoder.open();
  }

  /** Whether units that are given before a prompt's end may turn out otherwise. */
  boolean isProvisional() {
    return policy != null && policy.mode() == Mode.EXACT && encoder.takesPolicy();
  }
}
