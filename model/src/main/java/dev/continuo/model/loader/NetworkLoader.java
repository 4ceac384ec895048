// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.loader;

import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.BundleComponent;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.VocoderFolder;
import dev.continuo.model.encoder.HubertEncoder;
import dev.continuo.model.encoder.StreamingEncoder;
import dev.continuo.model.vocoder.CodeHifiganVocoder;
import dev.continuo.model.vocoder.SourceFilterVocoder;

/** Checks and loads networks of any known architecture. <i>Immutable.</i> */
public final class NetworkLoader {
  private NetworkLoader() {}

  /**
   * Checks a published encoder's configuration and tensors, if it is one; torch need not run.
   *
   * @throws InputException as {@link #encoder}
   */
  public static void check(EncoderFolder from) {
    BundleComponent encoder = from.component();
    if (encoder.modelType().equals(BundleComponent.HUBERT) && from.layer().isPresent()) {
      int layer = from.layer().getAsInt();
      HubertEncoder.check(encoder.config(), encoder.weights(), from.quantizer(), layer);
    }
  }

  /**
   * Checks a published vocoder's configuration and tensors, if it is one; torch need not run.
   *
   * @throws InputException as {@link #vocoder}
   */
  public static void check(VocoderFolder from) {
    BundleComponent vocoder = from.component();
    if (vocoder.modelType().equals(BundleComponent.CODE_HIFIGAN)) {
      CodeHifiganVocoder.check(vocoder.config(), vocoder.weights());
    }
  }

  /**
   * Loads an encoder, which the caller closes; torch must run.
   *
   * @throws InputException if a file is missing, damaged or of another shape, or nobody says which
   *     layer of several is meant
   */
  public static SpeechEncoder encoder(EncoderFolder from, ModelOptions options) {
    BundleComponent encoder = from.component();
    if (!encoder.modelType().equals(BundleComponent.HUBERT)) {
      if (from.layer().isPresent()) {
        throw new InputException(
            "--layer: %d (expected: none, the encoder in %s has one output)"
                .formatted(from.layer().getAsInt(), encoder.folder()));
      }
      return StreamingEncoder.load(encoder.folder(), from.quantizer(), options);
    }
    if (from.layer().isEmpty()) {
      throw new InputException(
          encoder.config().file() + ": names no output_layer (expected: one, or --layer N)");
    }
    int layer = from.layer().getAsInt();
    return HubertEncoder.load(
        encoder.config(), encoder.weights(), from.quantizer(), layer, options);
  }

  /**
   * Loads a vocoder, which the caller closes; torch must run.
   *
   * @throws InputException if a file is missing, damaged or of another shape
   */
  public static UnitVocoder vocoder(VocoderFolder from, ModelOptions options) {
    BundleComponent vocoder = from.component();
    return vocoder.modelType().equals(BundleComponent.CODE_HIFIGAN)
        ? CodeHifiganVocoder.load(vocoder.config(), vocoder.weights(), options)
        : SourceFilterVocoder.load(vocoder.folder(), options);
  }
}
