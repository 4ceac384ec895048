// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.bundle.VocoderFolder;
import dev.continuo.model.lm.CausalLanguageModel;
import dev.continuo.model.lm.RandomLanguageModel;
import dev.continuo.model.loader.NetworkLoader;
import dev.continuo.model.torch.TorchRuntime;
import java.nio.file.Path;

/** Networks of real bundles, on torch. <i>Immutable.</i> */
public final class BundleNetworks implements NetworkSource {
  private final Path home;

  /** Networks whose bundles and native library are unpacked under a folder. */
  public BundleNetworks(Path home) {
    this.home = home;
  }

  @Override
  public Bundle bundle(String reference, BundleOverrides overrides) {
    return new BundleStore(home).open(reference, overrides);
  }

  @Override
  public void check(Bundle bundle) {
    NetworkLoader.check(EncoderFolder.of(bundle));
    CausalLanguageModel.check(LmFolder.of(bundle).component().folder());
    NetworkLoader.check(VocoderFolder.of(bundle));
  }

  @Override
  public SpeechEncoder encoder(EncoderFolder folder, ModelOptions options) {
    NetworkLoader.check(folder);
    TorchRuntime.start(home, options.threads());
    return unmapped(NetworkLoader.encoder(folder, options));
  }

  @Override
  public UnitLanguageModel languageModel(LmFolder lm, ModelOptions options) {
    CausalLanguageModel.check(lm.component().folder());
    TorchRuntime.start(home, options.threads());
    return unmapped(CausalLanguageModel.load(lm.component().folder(), lm.ids(), options));
  }

  @Override
  public UnitVocoder vocoder(VocoderFolder folder, ModelOptions options) {
    NetworkLoader.check(folder);
    TorchRuntime.start(home, options.threads());
    return unmapped(NetworkLoader.vocoder(folder, options));
  }

  @Override
  public CausalLanguageModel random(String shape, ModelOptions options) {
    TorchRuntime.start(home, options.threads());
    return RandomLanguageModel.of(shape, options);
  }

  /**
   * Lets go of the file whose weights a network has packed: a mapping ends with the collection of
   * its buffers, which on a heap this small takes some milliseconds and otherwise may never come.
   */
  private static <T> T unmapped(T network) {
    System.gc();
    return network;
  }
}
