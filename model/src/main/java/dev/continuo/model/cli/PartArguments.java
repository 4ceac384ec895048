// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.bundle.BundleOverrides;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options that replace parts of a bundle.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class PartArguments {
  @Option(
      names = "--lm",
      paramLabel = "DIR",
      description = "Folder of a language model. Default: the bundle's.")
  private @Nullable Path lm;

  @Option(
      names = "--encoder",
      paramLabel = "DIR",
      description = "Folder of an encoder. Default: the bundle's.")
  private @Nullable Path encoder;

  @Option(
      names = "--kmeans",
      paramLabel = "FILE",
      description = "Centroids of the encoder's units. Default: the encoder's own.")
  private @Nullable Path kmeans;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description =
          "Output layer of an encoder that has several, from 1. Default: the one its configuration"
              + " or the bundle names.")
  private @Nullable Integer layer;

  @Option(
      names = "--vocoder",
      paramLabel = "DIR",
      description = "Folder of a vocoder. Default: the bundle's.")
  private @Nullable Path vocoder;

  /** What is given of a bundle's parts. */
  public BundleOverrides overrides() {
    return new BundleOverrides(encoder, kmeans, lm, vocoder, layer);
  }

  @Nullable Path lm() {
    return lm;
  }

  @Nullable Path encoder() {
    return encoder;
  }

  @Nullable Path kmeans() {
    return kmeans;
  }

  OptionalInt layer() {
    return layer == null ? OptionalInt.empty() : OptionalInt.of(layer);
  }

  @Nullable Path vocoder() {
    return vocoder;
  }
}
