// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static dev.continuo.model.checkpoint.CheckpointFiles.npyMatrix;
import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.model.Golden;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.ConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Commands on published architectures, given by their folders alone. */
class PublishedNetworksTest {
  @TempDir Path folder;

  private static String golden(String what) {
    return Golden.path(what).toString();
  }

  private CommandRun run(String... args) {
    Path home = BundleStore.home();
    return CommandRun.of(home, new BundleNetworks(home), new byte[0], args);
  }

  private CommandRun units(String name, int layer, String... more) {
    List<String> args = new ArrayList<>(List.of("units", golden(name + "/audio/b.wav")));
    args.addAll(List.of("--encoder", golden(name + "/model")));
    args.addAll(List.of("--kmeans", golden(name + "/kmeans/kmeans.bin")));
    args.addAll(List.of("--layer", Integer.toString(layer)));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private static JsonNode json(CommandRun run) {
    return UnitLine.JSON.readTree(run.ok().lines().get(0));
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    Arrays.setAll(values, i -> array.get(i).intValue());
    return values;
  }

  @ParameterizedTest
  @CsvSource({"hubert-base,2", "hubert-25hz,3", "hubert-large,2"})
  void unitsAreTheReferencesHoweverTheyAreMade(String name, int layer) {
    ConfigFile reference = ConfigFile.read(Golden.path(name + "/expected/b.units.json"));
    int[] expected = reference.integers("dedup_units", 0, 1 << 20);
    assertThat(ints(json(units(name, layer)).get("units"))).isEqualTo(expected);
    JsonNode streamed =
        json(
            units(
                name, layer, "--stream", "--step-ms", "100", "--look-ahead-ms", "40", "--compare"));
    assertThat(ints(streamed.get("units"))).isEqualTo(expected);
    assertThat(streamed.get("ued").doubleValue()).isZero();
    assertThat(streamed.get("withdrawn_frames").intValue()).isPositive();
  }

  @Test
  void lowLatencyTellsHowFarItIsOff() {
    JsonNode line =
        json(
            units(
                "hubert-base",
                2,
                "--stream",
                "--mode",
                "low-latency",
                "--left-context-ms",
                "400",
                "--step-ms",
                "100",
                "--look-ahead-ms",
                "0",
                "--norm-stats",
                "calibrated",
                "--compare"));
    assertThat(line.get("ued").doubleValue()).isPositive();
    assertThat(line.get("frame_agreement").doubleValue()).isBetween(0.0, 0.999);
    assertThat(line.get("withdrawn_frames").intValue()).isZero();
  }

  @Test
  void fairseqNeedsNoConfiguration() {
    CommandRun run =
        run(
            "units",
            golden("hubert-25hz/audio/a.wav"),
            "--encoder",
            golden("hubert-25hz/model-fairseq"),
            "--kmeans",
            golden("hubert-25hz/kmeans/kmeans.bin"),
            "--layer",
            "3",
            "--raw");
    ConfigFile reference = ConfigFile.read(Golden.path("hubert-25hz/expected/a.units.json"));
    assertThat(ints(json(run).get("units"))).isEqualTo(reference.integers("units", 0, 500));
  }

  @ParameterizedTest
  @CsvSource({"vocoder-25hz,wave,0", "vocoder-50hz,wave,0", "vocoder-multispeaker,wave.speaker3,3"})
  void speechIsTheReferences(String name, String wave, int speaker) throws IOException {
    float[] expected = Golden.floats(name + "/expected/" + wave);
    CommandRun run = vocode(name, "--speaker", Integer.toString(speaker), "--stream");
    assertThat(run.ok().lines()).containsExactly(folder.resolve("out/x.wav").toString());
    float[] samples = new float[expected.length + 1];
    try (AudioSource source = AudioFiles.open(folder.resolve("out/x.wav"))) {
      int filled = 0;
      for (int n; (n = source.read(samples, filled, samples.length - filled)) > 0; ) {
        filled += n;
      }
      assertThat(filled).isEqualTo(expected.length);
    }
    Golden.assertClose(samples, expected, 1.1 / 32768 + 1e-4);
  }

  private CommandRun vocode(String name, String... more) {
    String units = Arrays.toString(Golden.ints(name + "/inputs/units"));
    Path lines = folder.resolve("units.jsonl");
    write(lines, "{\"file_name\": \"x\", \"units\": " + units + "}\n");
    List<String> args = new ArrayList<>(List.of("vocode", lines.toString(), "-o"));
    args.addAll(List.of(folder.resolve("out").toString(), "--precision", "f32"));
    args.addAll(List.of("--vocoder", golden(name + "/model")));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void tellsTheRatioOfLessLookAhead() {
    CommandRun run =
        vocode("vocoder-25hz", "--mode", "low-latency", "--stream", "--compare", "--json");
    assertThat(json(run).get("snr_db").doubleValue()).isBetween(20.0, 90.0);
    assertThat(json(vocode("vocoder-25hz", "--compare", "--json")).get("snr_db").isNull()).isTrue();
  }

  @Test
  void saysWhichOfSeveralVoicesSpeaks() {
    CommandRun run = vocode("vocoder-multispeaker");
    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("speaker 0 of 4 speaks; --speaker N chooses another");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--speaker|4|--speaker: 4 (expected: 0 to 3)",
        "--speaker|-1|--speaker: -1 (expected: 0 to 3)",
        "--style|1|--style: 1 (expected: 0, the vocoder has one)",
      })
  void refusesVoicesThatAreNotThere(String option, String value, String message) {
    vocode("vocoder-multispeaker", option, value).failed(2, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--look-ahead-ms|9000|--look-ahead-ms: 9000 (expected: at most the window, 2000 + 480 ms)",
        "--step-ms|0|--step-ms: 0 (expected: 1 to 60000)",
      })
  void refusesPoliciesThatCannotBe(String option, String value, String message) {
    units("hubert-base", 2, "--stream", option, value).failed(2, message);
  }

  @Test
  void refusesAPolicyWithoutAStream() {
    units("hubert-base", 2, "--step-ms", "200")
        .failed(2, "--step-ms: given without --stream (expected: both)");
  }

  @Test
  void refusesLayersThatAreNotThere() {
    units("hubert-base", 4)
        .failed(
            3,
            "--layer: 4 (expected: 1 to 3, as num_hidden_layers in "
                + golden("hubert-base/model/config.json")
                + ")");
    CommandRun none =
        run(
            "units",
            golden("hubert-base/audio/c.wav"),
            "--encoder",
            golden("hubert-base/model"),
            "--kmeans",
            golden("hubert-base/kmeans/centroids.npy"));
    none.failed(
        3,
        golden("hubert-base/model/config.json")
            + ": names no output_layer (expected: one, or --layer N)");
  }

  @Test
  void refusesCentroidsOfAnotherWidth() throws IOException {
    Path wide = folder.resolve("wide.npy");
    Files.write(wide, npyMatrix(100, 33));
    CommandRun run =
        run(
            "units",
            golden("hubert-base/audio/c.wav"),
            "--encoder",
            golden("hubert-base/model"),
            "--kmeans",
            wide.toString(),
            "--layer",
            "2");
    run.failed(3, wide + ": 33 values a unit (expected: 32, the encoder's hidden_size)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hubert-base|\"model_type\": \"hubert\"|\"model_type\": \"wav2vec2\"|model_type: \"wav2vec2\" (expected: a known model_type; for the encoder",
        "hubert-base|\"hidden_size\": 32|\"hidden_size\": 36|",
        "hubert-base|\"num_attention_heads\": 4|\"num_attention_heads\": 5|hidden_size: 32 (expected: a multiple of num_attention_heads, 5)",
        "hubert-base|\"intermediate_size\": 80|\"intermediate_size\": 79|shape [80, 32] (expected: [79, 32])",
        "hubert-base|\"hidden_act\": \"gelu\"|\"hidden_act\": \"relu\"|hidden_act: \"relu\" (expected: gelu)",
      })
  void refusesEncodersThatContradictThemselves(String name, String from, String to, String says)
      throws IOException {
    Path copy = folder.resolve("copy");
    copy(Golden.path(name + "/model"), copy);
    String config = Files.readString(copy.resolve("config.json"));
    assertThat(config).contains(from);
    Files.writeString(copy.resolve("config.json"), config.replace(from, to));
    CommandRun run =
        run(
            "units",
            golden(name + "/audio/c.wav"),
            "--encoder",
            copy.toString(),
            "--kmeans",
            golden(name + "/kmeans/centroids.npy"),
            "--layer",
            "2");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).hasLineCount(1).contains(says == null ? "(expected: " : says);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void refusesUnitsAndRatesThatDiffer() {
    CommandRun run =
        run(
            "continue",
            golden("hubert-base/audio/c.wav"),
            "-o",
            folder.resolve("out.wav").toString(),
            "--vocoder",
            golden("vocoder-50hz/model"));
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .hasLineCount(1)
        .contains("vocoder-50hz/model/config.json: num_embeddings: 100 (expected: 500 units");
    CommandRun rate =
        run(
            "continue",
            golden("hubert-base/audio/c.wav"),
            "-o",
            folder.resolve("out.wav").toString(),
            "--encoder",
            golden("hubert-base/model"),
            "--kmeans",
            golden("hubert-25hz/kmeans/centroids.npy"),
            "--layer",
            "2");
    assertThat(rate.code()).isEqualTo(3);
    assertThat(rate.err())
        .hasLineCount(1)
        .contains("sample_rate / conv_stride: 50 (expected: 25 units a second");
  }
}
