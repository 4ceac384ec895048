// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.LmFolder;

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

  /** Loads the bundle's encoder. */
  SpeechEncoder encoder(Bundle bundle, ModelOptions options);

  /** Loads the bundle's language model. */
  default UnitLanguageModel languageModel(Bundle bundle, ModelOptions options) {
    return languageModel(LmFolder.of(bundle), options);
  }

  /** Loads a language model. */
  UnitLanguageModel languageModel(LmFolder lm, ModelOptions options);

  /** Loads the bundle's vocoder. */
  UnitVocoder vocoder(Bundle bundle, ModelOptions options);
}
