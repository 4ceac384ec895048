// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.cli.Failures;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleCreation;
import dev.continuo.model.bundle.BundleOverrides;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code bundle create}: components packed into a bundle. <i>Serialised by the caller.</i> */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Packs an encoder, a language model and a vocoder that agree into a bundle.")
final class BundleCreateCommand implements Callable<Integer> {
  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(names = "--encoder", paramLabel = "DIR", required = true, description = "Its encoder.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path encoder;

  @Option(
      names = "--kmeans",
      paramLabel = "FILE",
      description =
          "Quantizer of the encoder's units: .npy, a scikit-learn or joblib pickle."
              + " Default: the one that the encoder's config.json names.")
  private @Nullable Path kmeans;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description = "The encoder's output layer. Default: what its config.json says.")
  private @Nullable Integer layer;

  @Option(names = "--lm", paramLabel = "DIR", required = true, description = "Its language model.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path lm;

  @Option(names = "--vocoder", paramLabel = "DIR", required = true, description = "Its vocoder.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path vocoder;

  @Option(names = "--name", paramLabel = "NAME", required = true, description = "Its name.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String name;

  @Option(
      names = "--bundle-version",
      paramLabel = "V",
      defaultValue = "1",
      description = "Version of this name. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String version;

  @Option(names = "--licence", paramLabel = "SPDX", description = "Licence. Default: unknown.")
  private @Nullable String licence;

  @Option(names = "--language", paramLabel = "TAG", description = "Language. Default: unknown.")
  private @Nullable String language;

  @Option(
      names = "--provenance",
      paramLabel = "TEXT",
      description = "Where the weights come from. Default: unknown.")
  private @Nullable String provenance;

  @Option(
      names = "--first-unit-id",
      paramLabel = "N",
      description =
          "Vocabulary id of unit 0. Default: the language model's own word, offset or SlamKit's.")
  private @Nullable Integer firstUnitId;

  @Option(
      names = "--end-ids",
      paramLabel = "N,N",
      split = ",",
      description = "With --first-unit-id: ids that end a sequence. Default: none.")
  private int @Nullable [] endIds;

  @Option(
      names = "--barred-ids",
      paramLabel = "N,N",
      split = ",",
      description =
          "With --first-unit-id: units that are never drawn; other ids never are. Default: none.")
  private int @Nullable [] barredIds;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder to make; it must not exist.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private Path output;

  @Option(names = "--json", description = "One JSON object. Default: off.")
  private boolean json;

  @Option(names = Failures.DEBUG, description = "Show the stack trace of a failure. Default: off.")
  @SuppressWarnings("UnusedVariable") // Failures looks for it among the arguments
  private boolean debug;

  BundleCreateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    BundleOverrides components = new BundleOverrides(encoder, kmeans, lm, vocoder, layer);
    Bundle made = new BundleCreation(components, description()).create(output);
    MadeBundle.print(context.terminal(), made, json);
    return 0;
  }

  private ObjectNode description() {
    ObjectNode node = UnitLine.JSON.createObjectNode();
    node.put("name", named("--name", name)).put("version", named("--bundle-version", version));
    put(node, "licence", licence);
    put(node, "language", language);
    put(node, "provenance", provenance);
    ObjectNode ids = node.putObject("lm");
    if (firstUnitId != null) {
      ids.put("first_unit_id", firstUnitId);
      put(ids, "end_ids", endIds);
      put(ids, "barred_ids", barredIds);
    } else if (endIds != null || barredIds != null) {
      throw wrong((endIds != null ? "--end-ids" : "--barred-ids") + ": needs --first-unit-id");
    }
    return node;
  }

  private String named(String option, String text) {
    if (!BundleCreation.isName(text)) {
      throw wrong(
          option
              + ": "
              + text
              + " (expected: up to 64 letters, digits, dots, dashes and underscores)");
    }
    return text;
  }

  private void put(ObjectNode node, String key, @Nullable String text) {
    if (text != null) {
      if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
        throw wrong("--" + key + ": " + text + " (expected: text without control characters)");
      }
      node.put(key, text);
    }
  }

  private static void put(ObjectNode node, String key, int @Nullable [] values) {
    ArrayNode array = node.putArray(key);
    for (int value : values == null ? new int[0] : values) {
      array.add(value);
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
