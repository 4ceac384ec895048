// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the bundle that a reference means.
 *
 * <p>A reference is {@code default} (the embedded bundle, extracted into the store's home at its
 * first use), a folder, or a Hugging Face id ({@code org/name}, where an existing folder wins, or
 * {@code hf:org/name@revision}). <i>Thread-safe: extraction is serialised by a lock file, across
 * processes too.</i>
 */
public final class BundleStore {
  /** The reference of the embedded bundle. */
  public static final String DEFAULT = "default";

  private static final String HOME_VARIABLE = "CONTINUO_HOME";
  private static final Pattern HUB_ID = Pattern.compile("[\\w.-]++/[\\w.-]++(@[\\w./-]++)?+");
  private static final String HUB_PREFIX = "hf:";

  private final Path home;
  private final EmbeddedBundle embedded;

  /** A store in a folder, which need not exist yet. */
  public BundleStore(Path home) {
    this(home, EmbeddedBundle.standard());
  }

  BundleStore(Path home, EmbeddedBundle embedded) {
    this.home = home;
    this.embedded = embedded;
  }

  /** {@code $CONTINUO_HOME}, or {@code ~/.cache/continuo} where that is not set. */
  public static Path home() {
    return home(System.getenv(HOME_VARIABLE), System.getProperty("user.home"));
  }

  static Path home(@Nullable String variable, String userHome) {
    return variable == null || variable.isEmpty()
        ? Path.of(userHome, ".cache", "continuo")
        : Path.of(variable);
  }

  /**
   * Opens the bundle that a reference means.
   *
   * @throws InputException if there is none, it cannot be extracted or it cannot be used
   */
  public Bundle open(String reference) {
    return open(reference, BundleOverrides.none());
  }

  /** The same with components replaced. */
  public Bundle open(String reference, BundleOverrides overrides) {
    return Bundle.open(resolve(reference), overrides);
  }

  /**
   * The folder of the bundle that a reference means; of {@code default} it is extracted, complete.
   *
   * @throws InputException if there is none or it cannot be extracted
   */
  public Path resolve(String reference) {
    if (reference.equals(DEFAULT)) {
      return new BundleExtraction(embedded, home.resolve("bundles")).run();
    }
    boolean hub = reference.startsWith(HUB_PREFIX);
    Path folder = hub ? null : folder(reference);
    if (folder != null && Files.exists(folder)) {
      return folder;
    }
    String id = hub ? reference.substring(HUB_PREFIX.length()) : reference;
    if (HUB_ID.matcher(id).matches()) {
      throw new InputException(
          reference
              + ": "
              + (hub ? "" : "no such folder, and ")
              + "download from the Hugging Face hub is not built yet (expected: default, or the"
              + " folder of a bundle on this machine)");
    }
    throw new InputException(
        reference + ": no such folder (expected: default, a bundle folder or org/name)");
  }

  /** Fingerprint of the embedded bundle, see {@link Bundle#fingerprint}; nothing is extracted. */
  public static String defaultFingerprint() {
    return EmbeddedBundle.standard().fingerprint();
  }

  private static @Nullable Path folder(String reference) {
    try {
      return reference.isEmpty() ? null : Path.of(reference);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
