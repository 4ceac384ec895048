// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An encoder and its quantizer by themselves: a bundle's, or those given by their paths.
 * <i>Immutable.</i>
 *
 * @param component the encoder's files
 * @param quantizer its quantizer
 * @param layer the output layer, if anybody says which
 */
public record EncoderFolder(BundleComponent component, Path quantizer, OptionalInt layer) {
  private static final String QUANTIZER = "quantizer";
  private static final String OUTPUT_LAYER = "output_layer";
  private static final int MAX_LAYERS = 1024;

  /** The encoder of a bundle. */
  public static EncoderFolder of(Bundle bundle) {
    return new EncoderFolder(bundle.encoder(), bundle.quantizerFile(), bundle.encoderLayer());
  }

  /**
   * Opens a folder that no bundle describes.
   *
   * @param kmeans its quantizer; null for the one that its configuration names
   * @param layer the output layer; empty for the one that its configuration names
   * @throws InputException naming the file if it is no encoder that can be used
   */
  public static EncoderFolder open(Path folder, @Nullable Path kmeans, OptionalInt layer) {
    BundleComponent encoder = BundleComponent.open("encoder", folder, BundleComponent.ENCODERS);
    Path quantizer = kmeans == null ? quantizer(encoder) : kmeans;
    BundleFiles.checkWhole(quantizer);
    return new EncoderFolder(encoder, quantizer, layer(encoder.config(), layer));
  }

  /** The quantizer that an encoder's own configuration names. */
  static Path quantizer(BundleComponent encoder) {
    ConfigFile config = encoder.config();
    if (!config.has(QUANTIZER)) {
      throw new InputException(
          encoder.folder() + ": names no quantizer (expected: one, or --kmeans FILE)");
    }
    String name = BundlePaths.read(config, QUANTIZER);
    return BundlePaths.existing(encoder.folder(), name, config.file().toString());
  }

  /** The given layer, or else the one that the configuration names. */
  static OptionalInt layer(ConfigFile config, OptionalInt given) {
    return given.isPresent() || !config.has(OUTPUT_LAYER)
        ? given
        : OptionalInt.of(config.integer(OUTPUT_LAYER, 1, MAX_LAYERS));
  }
}
