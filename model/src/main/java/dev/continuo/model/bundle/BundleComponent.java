// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One network of a bundle: a folder with {@code config.json} and {@code model.safetensors}.
 *
 * <p><i>Immutable.</i>
 *
 * @param role {@code encoder}, {@code lm} or {@code vocoder}
 * @param modelType architecture, the config's {@code model_type}: one that we know
 * @param folder the component's folder
 * @param config its {@code config.json}
 */
public record BundleComponent(String role, String modelType, Path folder, ConfigFile config) {
  /** {@code model_type} of the streaming encoder. */
  public static final String STREAMING_ENCODER = "continuo_streaming_encoder";

  /** {@code model_type} of LLaMA language models. */
  public static final String LLAMA = "llama";

  /** {@code model_type} of the source-filter vocoder. */
  public static final String SOURCE_FILTER_VOCODER = "continuo_source_filter_vocoder";

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";

  /**
   * Opens the component of a bundle, or the folder that replaces it.
   *
   * @param override the folder that replaces it
   * @param knownTypes model types that may have this role
   * @throws InputException if a file is missing, empty or cut, or the model type is another
   */
  static BundleComponent open(
      BundleManifest manifest, String role, @Nullable Path override, String... knownTypes) {
    Path folder = override == null ? listed(manifest, role) : override;
    if (!Files.isDirectory(folder)) {
      String what = Files.exists(folder) ? "not a folder" : "no such folder";
      throw new InputException(
          folder + ": " + what + " (expected: the folder of the " + role + ")");
    }
    ConfigFile config = ConfigFile.read(folder.resolve(CONFIG));
    if (!config.has("model_type")
        || !Arrays.asList(knownTypes).contains(config.string("model_type"))) {
      String known = String.join(" or ", knownTypes);
      throw config.fault("model_type", "a known model_type; for the " + role + " " + known);
    }
    BundleFiles.checkWhole(folder.resolve(WEIGHTS));
    return new BundleComponent(role, config.string("model_type"), folder, config);
  }

  /** The file with its weights. */
  public Path weights() {
    return folder.resolve(WEIGHTS);
  }

  private static Path listed(BundleManifest manifest, String role) {
    ConfigFile block = manifest.json().object(role);
    String relative = BundlePaths.read(block, "path");
    manifest.requireListed(relative + "/" + CONFIG);
    manifest.requireListed(relative + "/" + WEIGHTS);
    return manifest.folder().resolve(relative);
  }
}
