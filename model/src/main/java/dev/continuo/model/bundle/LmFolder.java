// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * A unit language model by itself: a bundle's, or one given by its folder. <i>Immutable.</i>
 *
 * @param component its files
 * @param ids how its vocabulary maps to units
 */
public record LmFolder(BundleComponent component, LmIds ids) {

  /** The language model of a bundle. */
  public static LmFolder of(Bundle bundle) {
    return new LmFolder(bundle.lm(), bundle.lmIds());
  }

  /**
   * Opens a folder that no bundle describes.
   *
   * @param units number of units; if empty, what the folder says, else {@code otherwise}
   * @throws dev.continuo.model.InputException naming the file if it is no language model that can
   *     be used
   */
  public static LmFolder open(Path folder, OptionalInt units, int otherwise) {
    BundleComponent lm = BundleComponent.open("lm", folder, BundleComponent.LANGUAGE_MODELS);
    FolderIds ids = FolderIds.read(folder, lm.config());
    return new LmFolder(lm, ids.ids(units.orElse(ids.units().orElse(otherwise))));
  }

  /**
   * The same model with its vocabulary as units: nothing is barred, and nothing ends a sequence.
   */
  public LmFolder raw() {
    return new LmFolder(component, LmIds.raw(component.config()));
  }
}
