// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import java.nio.file.Path;

/**
 * A vocoder by itself: a bundle's, or one given by its folder. <i>Immutable.</i>
 *
 * @param component its files
 */
public record VocoderFolder(BundleComponent component) {

  /** The vocoder of a bundle. */
  public static VocoderFolder of(Bundle bundle) {
    return new VocoderFolder(bundle.vocoder());
  }

  /**
   * Opens a folder that no bundle describes.
   *
   * @throws dev.continuo.model.InputException naming the file if it is no vocoder that can be used
   */
  public static VocoderFolder open(Path folder) {
    return new VocoderFolder(BundleComponent.open("vocoder", folder, BundleComponent.VOCODERS));
  }

  /** Number of distinct units that it speaks. */
  public int unitCount() {
    Agreement units = new Agreement("units");
    new ComponentTerms(component).units(units);
    return units.count();
  }
}
