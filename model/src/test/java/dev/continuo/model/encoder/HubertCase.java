// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.loader.NetworkLoader;
import dev.continuo.model.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A golden HuBERT. <i>Immutable.</i> */
record HubertCase(String name, int layer) {

  static HubertCase base() {
    return new HubertCase("hubert-base", 2);
  }

  static HubertCase mhubert25Hz() {
    return new HubertCase("hubert-25hz", 3);
  }

  static HubertCase large() {
    return new HubertCase("hubert-large", 2);
  }

  HubertEncoder load() {
    return load("model", "kmeans/centroids.npy");
  }

  /** The encoder of one of the case's folders, with one of its quantizers. */
  HubertEncoder load(String folder, String kmeans) {
    TorchRuntime.start(BundleStore.home(), 1);
    EncoderFolder from = EncoderFolder.open(path(folder), path(kmeans), OptionalInt.of(layer));
    return (HubertEncoder) NetworkLoader.encoder(from, ModelOptions.cpu(Precision.F32));
  }

  Path path(String what) {
    return Golden.path(name + "/" + what);
  }

  float[] audio(String clip) {
    return Golden.wav(name + "/audio/" + clip);
  }

  float[] expected(String what) {
    return Golden.floats(name + "/expected/" + what);
  }

  /** What the reference says of a clip's units. */
  Units units(String clip) {
    ConfigFile file = ConfigFile.read(Golden.path(name + "/expected/" + clip + ".units.json"));
    return new Units(
        file.integers("units", 0, 1 << 20), file.numbers("flip_radius", 0, Double.MAX_VALUE));
  }

  /**
   * Units of a clip.
   *
   * @param units one a frame
   * @param flipRadius how far a frame's features must be off for its unit to change
   */
  @SuppressWarnings("ArrayRecordComponent") // read once
  record Units(int[] units, double[] flipRadius) {}
}
