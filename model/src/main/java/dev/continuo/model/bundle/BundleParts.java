// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import static dev.continuo.model.bundle.BundleComponent.LANGUAGE_MODELS;

import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.checkpoint.Quantizer;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * The components of a bundle after overrides, and what they agree on.
 *
 * <p><i>Immutable.</i>
 */
record BundleParts(
    BundleComponent encoder,
    Path quantizer,
    OptionalInt encoderLayer,
    BundleComponent lm,
    LmIds lmIds,
    BundleComponent vocoder,
    int unitCount,
    double unitRateHz,
    int encoderSampleRateHz,
    int vocoderSampleRateHz) {
  private static final int MAX_SAMPLE_RATE_HZ = 1_000_000;
  private static final int MAX_UNIT_RATE_HZ = 1_000;
  private static final int MAX_SIZE = 1 << 20;
  private static final String SAMPLE_RATE = "sample_rate";
  private static final String NUM_UNITS = "num_units";
  private static final String UNIT_RATE = "unit_rate_hz";

  /**
   * Opens the components and compares what they say.
   *
   * @throws InputException naming both values and files where two disagree, or the file that is
   *     missing, empty, cut or of an unknown kind
   */
  static BundleParts open(BundleManifest manifest, BundleOverrides overrides) {
    BundleFiles.checkListed(manifest.folder(), manifest);
    BundleComponent encoder =
        BundleComponent.open(manifest, "encoder", overrides.encoder(), BundleComponent.ENCODERS);
    BundleComponent lm = BundleComponent.open(manifest, "lm", overrides.lm(), LANGUAGE_MODELS);
    BundleComponent vocoder =
        BundleComponent.open(manifest, "vocoder", overrides.vocoder(), BundleComponent.VOCODERS);
    Path quantizer = quantizer(manifest, overrides, encoder);
    Agreement units = units(manifest, overrides, encoder, quantizer, vocoder);
    LmIds ids = lmIds(manifest, overrides, lm, units);
    return new BundleParts(
        encoder,
        quantizer,
        layer(manifest, overrides, encoder),
        lm,
        ids,
        vocoder,
        units.count(),
        unitRate(manifest, overrides, encoder, vocoder).value(),
        sampleRate(manifest, overrides.encoder() != null, encoder),
        sampleRate(manifest, overrides.vocoder() != null, vocoder));
  }

  private static LmIds lmIds(
      BundleManifest manifest, BundleOverrides overrides, BundleComponent lm, Agreement units) {
    ConfigFile block = manifest.json().object("lm");
    if (overrides.lm() == null && LmIds.describes(block)) {
      LmIds ids = LmIds.of(block, lm.config());
      units.claim(ids.units(), block.file(), "lm.units");
      return ids;
    }
    FolderIds ids = FolderIds.read(lm.folder(), lm.config());
    ids.units().ifPresent(stated -> units.claim(stated, ids.file(), NUM_UNITS));
    return ids.ids(units.count());
  }

  private static Path quantizer(
      BundleManifest manifest, BundleOverrides overrides, BundleComponent encoder) {
    Path replaced = overrides.kmeans();
    if (replaced != null) {
      BundleFiles.checkWhole(replaced);
      return replaced;
    }
    if (overrides.encoder() != null) {
      Path own = EncoderFolder.quantizer(encoder);
      BundleFiles.checkWhole(own);
      return own;
    }
    ConfigFile names = manifest.json().object("encoder");
    String name = BundlePaths.read(names, "quantizer");
    manifest.requireListed(names.string("path") + "/" + name);
    Path file = BundlePaths.existing(encoder.folder(), name, names.file().toString());
    BundleFiles.checkWhole(file);
    return file;
  }

  private static Agreement units(
      BundleManifest manifest,
      BundleOverrides overrides,
      BundleComponent encoder,
      Path quantizer,
      BundleComponent vocoder) {
    Agreement units = new Agreement("units");
    if (!replacesAll(overrides)) {
      claimInteger(units, manifest.json(), NUM_UNITS, LmIds.MAX_VOCABULARY);
    }
    Quantizer centroids = Quantizer.read(quantizer);
    units.claim(centroids.units(), quantizer, "rows");
    Agreement width = new Agreement("features a frame");
    claimInteger(width, encoder.config(), "hidden_size", MAX_SIZE);
    width.claim(centroids.width(), quantizer, "columns");
    if (overrides.kmeans() == null) {
      new ComponentTerms(encoder).units(units);
    }
    new ComponentTerms(vocoder).units(units);
    return units;
  }

  private static Agreement unitRate(
      BundleManifest manifest,
      BundleOverrides overrides,
      BundleComponent encoder,
      BundleComponent vocoder) {
    Agreement rate = new Agreement("units a second");
    if (!replacesAll(overrides)) {
      claimRate(rate, manifest.json(), UNIT_RATE);
    }
    new ComponentTerms(encoder).unitRate(rate);
    new ComponentTerms(vocoder).unitRate(rate);
    return rate;
  }

  /** The encoder's output layer, if anybody says which. */
  private static OptionalInt layer(
      BundleManifest manifest, BundleOverrides overrides, BundleComponent encoder) {
    Integer given = overrides.layer();
    ConfigFile block = manifest.json().object("encoder");
    if (given == null && overrides.encoder() == null && block.has("layer")) {
      given = block.integer("layer", 1, MAX_SIZE);
    }
    return EncoderFolder.layer(
        encoder.config(), given == null ? OptionalInt.empty() : OptionalInt.of(given));
  }

  private static int sampleRate(
      BundleManifest manifest, boolean replaced, BundleComponent component) {
    Agreement rate = new Agreement("samples a second");
    if (!replaced) {
      ConfigFile block = manifest.json().object(component.role());
      rate.claim(rateOf(block), block.file(), component.role() + "." + SAMPLE_RATE);
    }
    new ComponentTerms(component).sampleRate(rate);
    return rate.count();
  }

  /**
   * Where nothing that carries units is the bundle's own, its manifest does not describe the mix.
   */
  private static boolean replacesAll(BundleOverrides overrides) {
    return overrides.encoder() != null && overrides.lm() != null && overrides.vocoder() != null;
  }

  private static int rateOf(ConfigFile config) {
    return config.integer(SAMPLE_RATE, 1, MAX_SAMPLE_RATE_HZ);
  }

  private static void claimInteger(Agreement agreement, ConfigFile config, String key, int max) {
    agreement.claim(config.integer(key, 1, max), config.file(), key);
  }

  private static void claimRate(Agreement agreement, ConfigFile config, String key) {
    agreement.claim(config.number(key, 1e-3, MAX_UNIT_RATE_HZ), config.file(), key);
  }
}
