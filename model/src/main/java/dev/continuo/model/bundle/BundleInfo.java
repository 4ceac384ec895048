// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A description of a bundle, as commands and servers print it.
 *
 * <p><i>Immutable.</i>
 *
 * @param name name of the bundle
 * @param version version of this name
 * @param licence SPDX name or {@code unknown}
 * @param language language tag or {@code unknown}
 * @param provenance where the weights come from or {@code unknown}
 * @param fingerprint see {@link Bundle#fingerprint}
 * @param folder where it lies
 * @param unitRateHz encoder frames a second
 * @param unitCount distinct units
 * @param encoderSampleRateHz what the encoder takes, in Hz
 * @param vocoderSampleRateHz what the vocoder gives, in Hz
 * @param quantizer the quantizer's file
 * @param firstUnitId vocabulary id of unit 0
 * @param components encoder, language model and vocoder
 */
public record BundleInfo(
    String name,
    String version,
    String licence,
    String language,
    String provenance,
    String fingerprint,
    String folder,
    double unitRateHz,
    int unitCount,
    int encoderSampleRateHz,
    int vocoderSampleRateHz,
    String quantizer,
    int firstUnitId,
    List<Component> components) {

  /** Copies the list. */
  public BundleInfo {
    components = List.copyOf(components);
  }

  /**
   * One network.
   *
   * @param role {@code encoder}, {@code lm} or {@code vocoder}
   * @param modelType architecture
   * @param folder where it lies
   * @param parameters numbers in its weights
   * @param bytes size of its files of weights
   */
  public record Component(
      String role, String modelType, String folder, long parameters, long bytes) {}

  /**
   * Describes an opened bundle.
   *
   * @throws InputException if a weights file cannot be read any more
   */
  public static BundleInfo of(Bundle bundle) {
    return new BundleInfo(
        bundle.name(),
        bundle.version(),
        bundle.licence(),
        bundle.language(),
        bundle.provenance(),
        bundle.fingerprint(),
        bundle.folder().toString(),
        bundle.unitRateHz(),
        bundle.unitCount(),
        bundle.encoderSampleRateHz(),
        bundle.vocoderSampleRateHz(),
        bundle.quantizerFile().toString(),
        bundle.lmIds().firstUnitId(),
        List.of(component(bundle.encoder()), component(bundle.lm()), component(bundle.vocoder())));
  }

  private static Component component(BundleComponent component) {
    Checkpoint weights = Checkpoint.open(component.weights());
    long parameters = weights.names().stream().mapToLong(n -> weights.info(n).elements()).sum();
    long bytes = 0;
    for (Path file : weights.files()) {
      try {
        bytes += Files.size(file);
      } catch (IOException e) {
        throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return new Component(
        component.role(), component.modelType(), component.folder().toString(), parameters, bytes);
  }
}
