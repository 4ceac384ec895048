// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.checkpoint.FairseqHubert;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One network of a bundle: a folder with {@code config.json} and weights.
 *
 * <p><i>Immutable.</i>
 *
 * @param role {@code encoder}, {@code lm} or {@code vocoder}
 * @param modelType architecture, the config's {@code model_type}: one that we know
 * @param folder the component's folder
 * @param config its {@code config.json}
 * @param weights the file with its weights, or the index of its shards
 */
public record BundleComponent(
    String role, String modelType, Path folder, ConfigFile config, Path weights) {
  /** {@code model_type} of the streaming encoder. */
  public static final String STREAMING_ENCODER = "continuo_streaming_encoder";

  /** {@code model_type}s of unit language models. */
  static final String[] LANGUAGE_MODELS = {
    "llama", "qwen2", "opt", "gpt_neox", "bloom", "speech_language_model"
  };

  /** {@code model_type} of the source-filter vocoder. */
  public static final String SOURCE_FILTER_VOCODER = "continuo_source_filter_vocoder";

  /** {@code model_type} of HuBERT. */
  public static final String HUBERT = "hubert";

  /** What is here called the {@code model_type} of CodeHiFiGAN, whose configurations have none. */
  public static final String CODE_HIFIGAN = "code_hifigan";

  /** {@code model_type}s of encoders. */
  static final String[] ENCODERS = {STREAMING_ENCODER, HUBERT};

  /** {@code model_type}s of vocoders. */
  static final String[] VOCODERS = {SOURCE_FILTER_VOCODER, CODE_HIFIGAN};

  private static final String CONFIG = "config.json";

  /**
   * Opens the component of a bundle, or the folder that replaces it.
   *
   * @param override the folder that replaces it
   * @param knownTypes model types that may have this role
   * @throws InputException if a file is missing, empty or cut, or the model type is another
   */
  static BundleComponent open(
      BundleManifest manifest, String role, @Nullable Path override, String... knownTypes) {
    if (override != null) {
      return open(role, override, knownTypes);
    }
    BundleComponent component = open(role, listed(manifest, role), knownTypes);
    for (Path file : Checkpoint.open(component.weights()).files()) {
      manifest.requireListed(
          listedPath(manifest, role) + "/" + component.folder().relativize(file));
    }
    return component;
  }

  /** Opens a folder that no manifest lists. */
  static BundleComponent open(String role, Path folder, String... knownTypes) {
    if (!Files.isDirectory(folder)) {
      String what = Files.exists(folder) ? "not a folder" : "no such folder";
      throw new InputException(
          folder + ": " + what + " (expected: the folder of the " + role + ")");
    }
    ConfigFile config = config(folder);
    String modelType = modelType(config);
    if (!Arrays.asList(knownTypes).contains(modelType)) {
      String known = String.join(" or ", knownTypes);
      throw config.fault("model_type", "a known model_type; for the " + role + " " + known);
    }
    Path weights = Checkpoint.open(folder).path();
    return new BundleComponent(role, modelType, folder, config, weights);
  }

  /** The folder's {@code config.json}, or the configuration in a checkpoint of fairseq. */
  private static ConfigFile config(Path folder) {
    Path file = folder.resolve(CONFIG);
    if (!Files.exists(file)) {
      Checkpoint alone = Checkpoint.open(folder);
      if (FairseqHubert.is(alone)) {
        return FairseqHubert.config(alone);
      }
    }
    return ConfigFile.read(file);
  }

  /** The config's {@code model_type}; that of CodeHiFiGAN is told by its keys. */
  private static String modelType(ConfigFile config) {
    if (config.has("model_type")) {
      return config.string("model_type");
    }
    return config.has("upsample_rates") && config.has("num_embeddings") ? CODE_HIFIGAN : "";
  }

  private static Path listed(BundleManifest manifest, String role) {
    String relative = listedPath(manifest, role);
    Path folder = manifest.folder().resolve(relative);
    if (Files.exists(folder.resolve(CONFIG))) { // a checkpoint of fairseq has it inside
      manifest.requireListed(relative + "/" + CONFIG);
    }
    return folder;
  }

  private static String listedPath(BundleManifest manifest, String role) {
    return BundlePaths.read(manifest.json().object(role), "path");
  }
}
