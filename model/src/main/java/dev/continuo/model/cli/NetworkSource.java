// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.bundle.VocoderFolder;
import dev.continuo.model.lm.CausalLanguageModel;

/**
 * Where commands get bundles and their networks from; each network is closed by the caller.
 *
 * <p><i>Thread-safe: implementations are immutable.</i>
 */
public interface NetworkSource {

  /**
   * Opens and checks a bundle.
   *
   * @throws dev.continuo.model.InputException if it cannot be used
   */
  Bundle bundle(String reference, BundleOverrides overrides);

  /**
   * Checks what can be checked of all of a bundle's networks before any is loaded.
   *
   * @throws dev.continuo.model.InputException if a configuration or a tensor is not as it must be
   */
  default void check(Bundle bundle) {}

  /** Loads an encoder. */
  SpeechEncoder encoder(EncoderFolder folder, ModelOptions options);

  /** Loads the bundle's encoder. */
  default SpeechEncoder encoder(Bundle bundle, ModelOptions options) {
    return encoder(EncoderFolder.of(bundle), options);
  }

  /** Loads the bundle's language model. */
  default UnitLanguageModel languageModel(Bundle bundle, ModelOptions options) {
    return languageModel(LmFolder.of(bundle), options);
  }

  /** Loads a language model. */
  UnitLanguageModel languageModel(LmFolder lm, ModelOptions options);

  /** Loads a vocoder. */
  UnitVocoder vocoder(VocoderFolder folder, ModelOptions options);

  /** Loads the bundle's vocoder. */
  default UnitVocoder vocoder(Bundle bundle, ModelOptions options) {
    return vocoder(VocoderFolder.of(bundle), options);
  }

  /** Makes a language model of a shape that benchmarks know, with random weights. */
  CausalLanguageModel random(String shape, ModelOptions options);
}
