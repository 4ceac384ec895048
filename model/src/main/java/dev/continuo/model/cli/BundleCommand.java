// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Failures;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleInfo;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.BundleVerification;
import dev.continuo.model.bundle.BundleVerifier;
import java.util.Random;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code bundle}: describes, checks and makes bundles. <i>Serialised by the caller.</i> */
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    description = "Describes, verifies or makes a bundle of models.",
    subcommands = {BundleCreateCommand.class, BundleRandomCommand.class})
final class BundleCommand implements Runnable {
  private static final JsonMapper SNAKE_CASE =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private static final String DEBUG_HELP = "Show the stack trace of a failure. Default: off.";
  private static final int SMOKE_STEPS = 8;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  BundleCommand(Context context) {
    this.context = context;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "bundle: no command given (expected: info, verify, create or random)");
  }

  @Command(
      name = "info",
      mixinStandardHelpOptions = true,
      description = "Prints what a bundle holds and where it comes from.")
  int info(
      @Parameters(
              paramLabel = "REF",
              arity = "0..1",
              defaultValue = BundleStore.DEFAULT,
              description = "'default', a folder or a Hugging Face id. Default: ${DEFAULT-VALUE}.")
          String reference,
      @Option(names = "--json", description = "One JSON object. Default: off.") boolean json,
      @Option(names = Failures.DEBUG, description = DEBUG_HELP) boolean debug) {
    BundleInfo info = BundleInfo.of(context.networks().bundle(reference, BundleOverrides.none()));
    ObjectNode node = SNAKE_CASE.valueToTree(info);
    if (json) {
      context.terminal().result(node.toString());
    } else {
      print("", node);
    }
    return 0;
  }

  /** One line a value; those of a component are named after its role. */
  private void print(String prefix, ObjectNode node) {
    node.properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              if (value instanceof ArrayNode parts) {
                parts.forEach(
                    part ->
                        print(
                            part.path("role").asString() + ".",
                            ((ObjectNode) part).without("role")));
              } else {
                String text = value.isString() ? value.stringValue() : value.toString();
                context.terminal().result("%-24s %s".formatted(prefix + entry.getKey(), text));
              }
            });
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Checks sums and shapes, then runs every network once.")
  int verify(
      @Parameters(
              paramLabel = "REF",
              arity = "0..1",
              defaultValue = BundleStore.DEFAULT,
              description = "'default', a folder or a Hugging Face id. Default: ${DEFAULT-VALUE}.")
          String reference,
      @Option(names = "--json", description = "One JSON object. Default: off.") boolean json,
      @Option(names = Failures.DEBUG, description = DEBUG_HELP) boolean debug) {
    Bundle bundle = context.networks().bundle(reference, BundleOverrides.none());
    BundleVerification sums = BundleVerifier.verify(bundle);
    sums.requireOk();
    smoke(bundle);
    if (json) {
      ObjectNode node = UnitLine.JSON.createObjectNode();
      node.put("name", bundle.name()).put("fingerprint", bundle.fingerprint());
      node.put("files", sums.files().size()).put("ok", true);
      context.terminal().result(node.toString());
    } else {
      sums.files()
          .forEach(f -> context.terminal().result("ok  " + f.file() + ", " + f.bytes() + " bytes"));
      context.terminal().result("ok  encoder, language model and vocoder run");
    }
    return 0;
  }

  /** A second of noise to units, a few units on, and back to audio. */
  private void smoke(Bundle bundle) {
    ModelOptions options = ModelOptions.cpu(Precision.FP16);
    int[] units;
    try (SpeechEncoder encoder = context.networks().encoder(bundle, options);
        SpeechEncoder.Stream stream = encoder.open()) {
      float[] noise = new float[encoder.sampleRateHz()];
      Random random = new Random(1);
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (float) (0.1 * random.nextGaussian());
      }
      int[] early = stream.push(noise, 0, noise.length);
      units = early.length > 0 ? early : stream.finish();
    }
    int[] more = new int[SMOKE_STEPS];
    try (UnitLanguageModel lm = context.networks().languageModel(bundle, options);
        UnitLanguageModel.Sequence sequence = lm.open(units.length + more.length)) {
      sequence.append(UnitLine.ofFrames("", units).units());
      for (int i = 0; i < more.length; i++) {
        int unit = sequence.next(Sampling.greedy(), 0);
        if (unit == UnitLanguageModel.END) {
          break;
        }
        more[i] = unit;
      }
    }
    try (UnitVocoder vocoder = context.networks().vocoder(bundle, options);
        UnitVocoder.Stream stream = vocoder.open()) {
      if (vocoder.predictsDurations()) {
        try (UnitVocoder.Durations durations = vocoder.openDurations()) {
          durations.push(more);
          durations.finish();
        }
      }
      checkFinite(bundle, stream.push(more));
      checkFinite(bundle, stream.finish());
    }
  }

  private static void checkFinite(Bundle bundle, float[] samples) {
    for (float sample : samples) {
      if (!Float.isFinite(sample)) {
        throw new InputException(
            bundle.vocoder().weights() + ": gives samples that are NaN or infinite");
      }
    }
  }
}
