// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Components that replace those of a bundle.
 *
 * <p><i>Immutable.</i>
 *
 * @param encoder encoder folder ({@code --encoder}); brings the quantizer that its config names
 * @param kmeans quantizer file ({@code --kmeans}), of the bundle's encoder or of {@code encoder}
 * @param lm language-model folder ({@code --lm}); the bundle's ids do not apply to it
 * @param vocoder vocoder folder ({@code --vocoder})
 * @param layer the encoder's output layer ({@code --layer})
 */
public record BundleOverrides(
    @Nullable Path encoder,
    @Nullable Path kmeans,
    @Nullable Path lm,
    @Nullable Path vocoder,
    @Nullable Integer layer) {

  /** Replaces networks and leaves the encoder's output layer to its configuration. */
  public BundleOverrides(
      @Nullable Path encoder, @Nullable Path kmeans, @Nullable Path lm, @Nullable Path vocoder) {
    this(encoder, kmeans, lm, vocoder, null);
  }

  /** The bundle as it is. */
  public static BundleOverrides none() {
    return new BundleOverrides(null, null, null, null, null);
  }

  /** Whether nothing is replaced. */
  public boolean isEmpty() {
    return equals(none());
  }
}
