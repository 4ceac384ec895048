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

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "Arithmetic of the large matrices: f32, fp16 or int8."
              + " Default: f32 for units, fp16 elsewhere.")
  private @Nullable Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Torch threads. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(names = "--debug", description = "Show the stack trace of a failure.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  Bundle open(NetworkSource networks) {
    return networks.bundle(bundle, new BundleOverrides(encoder, kmeans, lm, vocoder, layer));
  }

  /** The encoder alone: no bundle is opened where it is given itself. */
  EncoderFolder encoder(NetworkSource networks) {
    if (encoder == null) {
      return EncoderFolder.of(open(networks));
    }
    return EncoderFolder.open(
        encoder, kmeans, layer == null ? OptionalInt.empty() : OptionalInt.of(layer));
  }

  /** The vocoder alone: no bundle is opened where it is given itself. */
  VocoderFolder vocoder(NetworkSource networks) {
    return vocoder == null ? VocoderFolder.of(open(networks)) : VocoderFolder.open(vocoder);
  }

  /**
   * The language model alone: {@code --lm}, or the bundle's.
   *
   * @param units number of units of {@code --lm}, or null for what its folder says, else the
   *     bundle's
   */
  LmFolder languageModel(NetworkSource networks, @Nullable Integer units) {
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
      return new ModelOptions(device, precision == null ? otherwise : precision, threads);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }
}
