// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bench.Bench;
import dev.continuo.model.bench.BenchResult;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.lm.CausalLanguageModel;
import dev.continuo.model.lm.RandomLanguageModel;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench}: times the networks. <i>Serialised by the caller.</i> */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Times one step of a stage, warm: a unit for every row of the language model, a second of audio"
            + " of the others. For the language model it also times 64 given units of one row and says"
            + " how near both come to what this machine can read and compute; the others'"
            + " bytes and operations are not counted, which a dash says (null in JSON).")
final class BenchCommand implements Callable<Integer> {
  private static final JsonMapper SNAKE_CASE =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final int MICROPHONE_MILLIS = 20;
  private static final double SHAPES_UNIT_RATE_HZ = 25;

  private final Context context;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // set by picocli
  private ModelArguments model;

  @Parameters(paramLabel = "STAGE", description = "lm, encoder, vocoder or all.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private String stage;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      description =
          "Instead of the bundle's, a language model with random weights: 12x384, smollm2-135m or"
              + " opt-350m. Default: none.")
  private @Nullable String shape;

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,4,16",
      description =
          "Rows of a step of the language model. Where given, also streams of the encoder and the"
              + " vocoder: the steps of all of them one by one, and together. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init") // set by picocli
  private List<Integer> batches;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "512",
      description = "Positions in each row's cache. Default: ${DEFAULT-VALUE}.")
  private int positions;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "50",
      description = "Repetitions that count. Default: ${DEFAULT-VALUE}.")
  private int repeat;

  @Option(names = "--json", description = "JSON lines instead of a table.")
  private boolean json;

  BenchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!List.of("lm", "encoder", "vocoder", "all").contains(stage)) {
      throw wrong("STAGE: " + stage + " (expected: lm, encoder, vocoder or all)");
    }
    if (repeat < 1) {
      throw wrong("--repeat: " + repeat + " (expected: 1 or more)");
    }
    if (batches.stream().anyMatch(b -> b < 1)) {
      throw wrong("--batch: " + batches + " (expected: numbers of 1 or more)");
    }
    ModelOptions options = model.options(Precision.FP16);
    if (shape != null) {
      random(shape, options);
    } else {
      bundle(model.open(context.networks()), options);
    }
    return 0;
  }

  private void random(String name, ModelOptions options) {
    if (!RandomLanguageModel.SHAPES.contains(name)) {
      String known = String.join(", ", RandomLanguageModel.SHAPES);
      throw wrong("--shape: " + name + " (expected: one of " + known + ")");
    }
    if (!stage.equals("lm") || spec.commandLine().getParseResult().hasMatchedOption("--bundle")) {
      throw wrong("--shape: " + name + " (expected: with stage lm, and without --bundle)");
    }
    try (CausalLanguageModel lm = context.networks().random(name, options)) {
      languageModel(lm, new Bench(name, options, repeat), SHAPES_UNIT_RATE_HZ);
    }
  }

  private void bundle(Bundle bundle, ModelOptions options) {
    Bench bench = new Bench(bundle.name(), options, repeat);
    if (asked("lm")) {
      try (UnitLanguageModel lm = context.networks().languageModel(bundle, options)) {
        languageModel((CausalLanguageModel) lm, bench, bundle.unitRateHz());
      }
    }
    if (asked("encoder")) {
      try (SpeechEncoder encoder = context.networks().encoder(bundle, options)) {
        if (stage.equals("encoder")) {
          header();
        }
        print(bench.encoder(encoder, 0));
        print(bench.encoder(encoder, MICROPHONE_MILLIS));
        for (int batch : streams()) {
          bench.encoderSteps(encoder, batch).forEach(this::print);
        }
      }
    }
    if (asked("vocoder")) {
      try (UnitVocoder vocoder = context.networks().vocoder(bundle, options)) {
        if (stage.equals("vocoder")) {
          header();
        }
        print(bench.vocoder(vocoder));
        for (int batch : streams()) {
          bench.vocoderSteps(vocoder, batch).forEach(this::print);
        }
      }
    }
  }

  private void languageModel(CausalLanguageModel lm, Bench bench, double unitRateHz) {
    if (positions < 1 || positions > lm.maxPositions()) {
      throw wrong("--context: " + positions + " (expected: 1 to " + lm.maxPositions() + ")");
    }
    long most = memoryBytes() / lm.cacheBytes(1, positions);
    if (batches.stream().anyMatch(batch -> batch > most)) {
      throw wrong("--batch: " + batches + " (expected: at most " + most + ", by this memory)");
    }
    header();
    for (int batch : batches) {
      print(bench.languageModel(lm, batch, positions, unitRateHz));
    }
    print(bench.prefill(lm, positions, unitRateHz));
  }

  private void header() {
    if (!json) {
      context
          .terminal()
          .result(
              "%-16s %6s %8s %10s %10s %10s %8s %8s %8s %7s %8s"
                  .formatted(
                      "stage",
                      "batch",
                      "context",
                      "min ms",
                      "median",
                      "p95",
                      "GB/s",
                      "Gop/s",
                      "limit ms",
                      "share",
                      "rtf"));
    }
  }

  /** Streams of the encoder and the vocoder side by side, where asked for. */
  private List<Integer> streams() {
    boolean asked = spec.commandLine().getParseResult().hasMatchedOption("--batch");
    return asked ? batches : List.of();
  }

  private static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private boolean asked(String name) {
    return stage.equals(name) || stage.equals("all");
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void print(BenchResult r) {
    context
        .terminal()
        .result(
            json
                ? SNAKE_CASE.writeValueAsString(r)
                : String.format(
                    Locale.ROOT,
                    "%-16s %6d %8d %10.3f %10.3f %10.3f %8s %8s %8s %7s %8.4f",
                    r.stage(),
                    r.batch(),
                    r.context(),
                    r.minMs(),
                    r.medianMs(),
                    r.p95Ms(),
                    orDash("%.1f", r.bandwidthGbS()),
                    orDash("%.0f", r.gops()),
                    orDash("%.3f", r.limitMs()),
                    orDash("%.2f", r.limitShare()),
                    r.rtf()));
  }

  private static String orDash(String format, @Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }
}
