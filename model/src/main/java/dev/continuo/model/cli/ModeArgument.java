// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.StreamingPolicy.Mode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Whether speech and units are those of the whole, or sooner.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class ModeArgument {
  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "exact: HuBERT's units and CodeHiFiGAN's samples are those of the whole in the end (HuBERT"
              + " encodes all once more and replaces what differs); low-latency: units that were"
              + " given stay, and samples come after --look-ahead-frames already. Default: exact.")
  private @Nullable Mode mode;

  Mode mode() {
    return mode == null ? Mode.EXACT : mode;
  }

  boolean isGiven() {
    return mode != null;
  }
}
