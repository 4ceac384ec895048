// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.IntSupplier;

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
  public static LmFolder open(Path folder, OptionalInt units, IntSupplier otherwise) {
    BundleComponent lm = component(folder);
    FolderIds ids = FolderIds.read(folder, lm.config());
    OptionalInt stated = units.isPresent() ? units : ids.units();
    return new LmFolder(lm, ids.ids(stated.orElseGet(otherwise)));
  }

  /** The same with its vocabulary as units: nothing is barred, and nothing ends a sequence. */
  public static LmFolder openRaw(Path folder) {
    BundleComponent lm = component(folder);
    return new LmFolder(lm, LmIds.raw(lm.config()));
  }

  /** This with its vocabulary as units. */
  public LmFolder raw() {
    return new LmFolder(component, LmIds.raw(component.config()));
  }

  /**
   * This with the ids that stand before and after a sequence in training.
   *
   * @throws InputException if the model's files name none
   */
  public LmFolder bounded() {
    boolean known = ids.startIds().length > 0 && ids.endIds().length > 0;
    int[] bounds = FolderIds.read(component.folder(), component.config()).bounds();
    if (!known && bounds.length == 0) {
      throw new InputException(
          component.config().file()
              + ": names no id that starts and ends a sequence (expected: one, as SlamKit's models"
              + " have)");
    }
    return known ? this : new LmFolder(component, ids.bounded(bounds));
  }

  private static BundleComponent component(Path folder) {
    return BundleComponent.open("lm", folder, BundleComponent.LANGUAGE_MODELS);
  }
}
