// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * An opened bundle: a folder of an encoder with its quantizer, a unit language model and a vocoder
 * whose units, rates and sample rates agree.
 *
 * <p>Opening is cheap (headers only): files exist, are not empty and are as long as their own
 * headers say, paths stay inside the folder, every model type is known. Contents are checked by
 * {@link BundleVerifier}. <i>Immutable.</i>
 */
public final class Bundle {
  private static final int FINGERPRINT_DIGITS = 16;

  private final Path folder;
  private final BundleManifest manifest;
  private final BundleOverrides overrides;
  private final String fingerprint;
  private final BundleParts parts;

  private Bundle(
      Path folder,
      BundleManifest manifest,
      BundleOverrides overrides,
      String fingerprint,
      BundleParts parts) {
    this.folder = folder;
    this.manifest = manifest;
    this.overrides = overrides;
    this.fingerprint = fingerprint;
    this.parts = parts;
  }

  /**
   * Opens the bundle in a folder.
   *
   * @throws InputException naming the file if it is no bundle, or one that cannot be used
   */
  public static Bundle open(Path folder) {
    return open(folder, BundleOverrides.none());
  }

  /**
   * Opens the bundle in a folder with some of its components replaced. The mix must agree as a
   * bundle's own components must.
   *
   * @throws InputException naming the file if the mix cannot be used
   */
  public static Bundle open(Path folder, BundleOverrides overrides) {
    BundleManifest manifest = BundleManifest.read(folder);
    BundleParts parts = BundleParts.open(manifest, overrides);
    return new Bundle(folder, manifest, overrides, fingerprint(folder), parts);
  }

  /** The bundle's folder. */
  public Path folder() {
    return folder;
  }

  /** Name, as in {@code starter-en}. */
  public String name() {
    return manifest.json().string("name");
  }

  /** Version of this name. */
  public String version() {
    return manifest.json().string("version");
  }

  /** SPDX name of the licence, or {@code unknown}. */
  public String licence() {
    return manifest.json().stringOr("licence", "unknown");
  }

  /** Language tag, or {@code unknown}. */
  public String language() {
    return manifest.json().stringOr("language", "unknown");
  }

  /** Where the weights come from, or {@code unknown}. */
  public String provenance() {
    return manifest.json().stringOr("provenance", "unknown");
  }

  /** Encoder frames a second, in Hz. */
  public double unitRateHz() {
    return parts.unitRateHz();
  }

  /** Number of distinct units. */
  public int unitCount() {
    return parts.unitCount();
  }

  /** The encoder. */
  public BundleComponent encoder() {
    return parts.encoder();
  }

  /** The file of the encoder's quantizer. */
  public Path quantizerFile() {
    return parts.quantizer();
  }

  /** The encoder's output layer, if it has several and anybody says which. */
  public OptionalInt encoderLayer() {
    return parts.encoderLayer();
  }

  /** The unit language model. */
  public BundleComponent lm() {
    return parts.lm();
  }

  /** How the language model's vocabulary maps to units. */
  public LmIds lmIds() {
    return parts.lmIds();
  }

  /** The vocoder. */
  public BundleComponent vocoder() {
    return parts.vocoder();
  }

  /** Sample rate that the encoder takes, in Hz. */
  public int encoderSampleRateHz() {
    return parts.encoderSampleRateHz();
  }

  /** Sample rate that the vocoder gives, in Hz. */
  public int vocoderSampleRateHz() {
    return parts.vocoderSampleRateHz();
  }

  /** What of the bundle was replaced. */
  public BundleOverrides overrides() {
    return overrides;
  }

  /** SHA-256 in lower-case hex of each of the bundle's files, by path relative to the folder. */
  public Map<String, String> files() {
    return manifest.files();
  }

  /**
   * What tells this bundle from every other: the first 16 hex digits of the SHA-256 of {@code
   * bundle.json}. Since that file holds the sum of every other file, any change to any of them
   * changes it. Overrides do not: see {@link #overrides}.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** The fingerprint that a sum of {@code bundle.json} gives. */
  static String fingerprint(String sha256) {
    return sha256.substring(0, FINGERPRINT_DIGITS);
  }

  private static String fingerprint(Path folder) {
    Path file = folder.resolve(BundleManifest.FILE_NAME);
    try {
      return fingerprint(Sha256.of(file));
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
