// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BundleCreateCommandTest extends CommandTest {

  private CommandRun create(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "bundle",
                "create",
                "--encoder",
                bundle.file("encoder").toString(),
                "--lm",
                bundle.file("lm").toString(),
                "--vocoder",
                bundle.file("vocoder").toString(),
                "--name",
                "mine",
                "-o",
                path("made/mine")));
    args.addAll(List.of(more));
    return plain(new byte[0], args.toArray(String[]::new));
  }

  private static void assertRefused(CommandRun run, int code, String what) {
    assertThat(run.err()).startsWith("continuo: ").contains(what).hasLineCount(1);
    assertThat(run.code()).isEqualTo(code);
  }

  private List<String> filesMade() throws IOException {
    Path made = folder.resolve("made");
    if (!Files.exists(made)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(made)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> made.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void packsComponentsThatAgree() throws IOException {
    Files.writeString(bundle.file("lm/README.md"), "about it");
    Files.writeString(bundle.file("lm/weights.onnx"), "of no use");
    CommandRun run = create("--licence", "MIT", "--language", "en", "--provenance", "by hand").ok();
    assertThat(run.lines()).containsExactly(path("made/mine") + ": mine, 10 units at 25.0 Hz");
    assertThat(filesMade())
        .containsExactly(
            "mine/bundle.json",
            "mine/encoder/config.json",
            "mine/encoder/kmeans.npy",
            "mine/encoder/model.safetensors",
            "mine/lm/README.md",
            "mine/lm/config.json",
            "mine/lm/model.safetensors",
            "mine/vocoder/config.json",
            "mine/vocoder/model.safetensors");
    Bundle made = Bundle.open(folder.resolve("made/mine"));
    BundleVerifier.verify(made).requireOk();
    assertThat(made.name()).isEqualTo("mine");
    assertThat(made.version()).isEqualTo("1");
    assertThat(made.licence()).isEqualTo("MIT");
    assertThat(made.provenance()).isEqualTo("by hand");
    assertThat(made.encoderSampleRateHz()).isEqualTo(16_000);
    assertThat(made.vocoderSampleRateHz()).isEqualTo(24_000);
    assertThat(made.lmIds().firstUnitId()).isZero();
    assertThat(made.lmIds().endIds()).containsExactly(10);
  }

  @Test
  void takesIdsThatTheUserKnows() {
    var node =
        UnitLine.JSON.readTree(
            create("--first-unit-id", "1", "--barred-ids", "0,3", "--json").ok().out());
    assertThat(node.path("unit_count").intValue()).isEqualTo(10);
    Bundle made = Bundle.open(folder.resolve("made/mine"));
    assertThat(made.lmIds().firstUnitId()).isEqualTo(1);
    assertThat(made.lmIds().barredIds()).containsExactly(0, 3);
    assertThat(made.lmIds().endIds()).isEmpty();
  }

  @Test
  void namesTheFilesThatDisagreeAndLeavesNothing() throws IOException {
    bundle.edit("vocoder/config.json", "'num_units': 10", "'num_units': 11");
    assertRefused(
        create(),
        3,
        bundle.file("vocoder/config.json") + ": num_units: 11 (expected: 10 units, as in ");
    assertThat(filesMade()).isEmpty();
  }

  @Test
  void refusesAFolderThatExists() throws IOException {
    Files.createDirectories(folder.resolve("made/mine"));
    assertRefused(create(), 3, path("made/mine") + ": exists (expected: a folder that is new)");
    assertThat(filesMade()).isEmpty();
  }

  @Test
  void refusesDamagedWeightsAndLeavesNothing() throws IOException {
    bundle.cut("lm/model.safetensors", 20);
    assertRefused(create(), 3, bundle.file("lm/model.safetensors") + ": ");
    assertThat(filesMade()).isEmpty();
  }

  @Test
  void refusesIdsThatDoNotFit() throws IOException {
    assertRefused(
        create("--first-unit-id", "2"), 3, "vocab_size: 11 (expected: >= 12 for 10 units");
    assertThat(filesMade()).isEmpty();
  }

  @Test
  void checksItsOptions() {
    assertRefused(create("--name", "../x"), 2, "--name");
    assertRefused(
        create("--bundle-version", "a b"), 2, "--bundle-version: a b (expected: up to 64");
    assertRefused(create("--licence", "a\nb"), 2, "--licence: ");
    assertRefused(create("--end-ids", "1"), 2, "--end-ids: needs --first-unit-id");
    assertRefused(plain(new byte[0], "bundle", "create", "--name", "x"), 2, "--encoder");
  }

  @Test
  void randomChecksItsOptionsBeforeItWrites() {
    for (String[] wrong :
        new String[][] {
          {"--shape", "tiny"}, {"--unit-rate", "30"}, {"--units", "1"}, {"--units", "x"}
        }) {
      assertRefused(
          plain(new byte[0], "bundle", "random", wrong[0], wrong[1], "-o", path("r")), 2, wrong[0]);
      assertThat(folder.resolve("r")).doesNotExist();
    }
  }
}
