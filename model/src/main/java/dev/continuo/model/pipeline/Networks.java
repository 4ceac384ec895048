// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;

/**
 * The three networks of a continuation. Borrowed: whoever loaded them closes them.
 *
 * <p><i>Thread-safe: so are the networks.</i>
 *
 * @param encoder audio to units
 * @param languageModel units to units
 * @param vocoder units to audio
 */
public record Networks(
    SpeechEncoder encoder, UnitLanguageModel languageModel, UnitVocoder vocoder) {

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
}
