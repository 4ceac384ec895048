// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.bundle.VocoderFolder;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * Options that choose models and where they run.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class ModelArguments {
  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--bundle",
      paramLabel = "REF",
      defaultValue = BundleStore.DEFAULT,
      description =
          "Bundle of models: 'default' (the embedded one), a folder, or a Hugging Face id."
              + " Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String bundle;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private PartArguments parts;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ExecutionArguments execution;

  @Option(names = "--debug", description = "Show the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  Bundle open(NetworkSource networks) {
    return networks.bundle(bundle, parts.overrides());
  }

  /** The encoder alone: no bundle is opened where it is given itself. */
  EncoderFolder encoder(NetworkSource networks) {
    Path encoder = parts.encoder();
    return encoder == null
        ? EncoderFolder.of(open(networks))
        : EncoderFolder.open(encoder, parts.kmeans(), parts.layer());
  }

  /** The vocoder alone: no bundle is opened where it is given itself. */
  VocoderFolder vocoder(NetworkSource networks) {
    Path vocoder = parts.vocoder();
    return vocoder == null ? VocoderFolder.of(open(networks)) : VocoderFolder.open(vocoder);
  }

  /**
   * The language model alone: {@code --lm}, or the bundle's.
   *
   * @param units number of units of {@code --lm}, or null for what its folder says, else the
   *     bundle's
   */
  LmFolder languageModel(NetworkSource networks, @Nullable Integer units) {
    Path lm = parts.lm();
    if (lm == null) {
      if (units != null) {
        throw new ParameterException(
            spec.commandLine(), "--units: " + units + " (expected: only with --lm)");
      }
      return LmFolder.of(bundleItself(networks));
    }
    OptionalInt given = units == null ? OptionalInt.empty() : OptionalInt.of(units);
    return LmFolder.open(lm, given, () -> bundleItself(networks).unitCount());
  }

  /** The same with its vocabulary as units. */
  LmFolder rawLanguageModel(NetworkSource networks) {
    Path lm = parts.lm();
    return lm == null ? LmFolder.of(bundleItself(networks)).raw() : LmFolder.openRaw(lm);
  }

  /** Units a second of the bundle, whatever replaces its parts. */
  double unitRateHz(NetworkSource networks) {
    return bundleItself(networks).unitRateHz();
  }

  private Bundle bundleItself(NetworkSource networks) {
    return networks.bundle(bundle, BundleOverrides.none());
  }

  /** Where and how networks run. */
  ModelOptions options(Precision otherwise) {
    try {
      return execution.options(otherwise);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }
}
