// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that is the user's to mend: one line each, exit code 3. */
class BadInputTest extends CommandTest {
  private static final String KINDS = "WAV, FLAC or Ogg Opus";

  private void audio(byte[] content, String complaint) {
    Path file = TestAudio.file(folder.resolve("in.wav"), content);
    for (String[] command : commands(file)) {
      CommandRun run = run(command);
      assertThat(run.err()).startsWith("continuo: " + file + ": " + complaint).hasLineCount(1);
      assertThat(run.err()).contains("(expected: ");
      assertThat(run.code()).isEqualTo(3);
      assertThat(run.out()).isEmpty();
      assertThat(folder.resolve("out.wav")).doesNotExist();
    }
  }

  private String[][] commands(Path file) {
    return new String[][] {
      {"units", file.toString()},
      {"units", "--stream", file.toString()},
      {"continue", file.toString(), "-o", path("out.wav")}
    };
  }

  @Test
  void notAudio() {
    audio("hello, world".getBytes(StandardCharsets.UTF_8), "is not audio of a known kind");
    audio(new byte[0], "is empty");
  }

  @Test
  void cutWav() {
    byte[] wav = TestAudio.wav(1, 2, 3);
    audio(Arrays.copyOf(wav, 20), "");
    audio(Arrays.copyOf(wav, wav.length - 1000), "");
  }

  @Test
  void zeroSamples() {
    audio(TestAudio.wav(16_000, new float[0]), "");
  }

  @Test
  void shorterThanOneUnit() {
    Path file = TestAudio.file(folder.resolve("in.wav"), TestAudio.wav(16_000, new float[639]));
    for (String[] command : commands(file)) {
      CommandRun run = run(command);
      assertThat(run.err())
          .startsWith("continuo: " + file + ": ")
          .contains("639 samples", "shorter than one unit", "640")
          .hasLineCount(1);
      assertThat(run.code()).isEqualTo(3);
      assertThat(folder.resolve("out.wav")).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7_000_000})
  void impossibleSampleRate(int rateHz) {
    audio(TestAudio.little(TestAudio.wav(1, 2), 24, rateHz), "sample rate");
  }

  @Test
  void aFileThatIsNotThere() {
    for (String[] command : commands(folder.resolve("gone.wav"))) {
      run(command).failed(3, path("gone.wav") + ": no such file (expected: " + KINDS + ")");
    }
    run("generate", path("gone")).failed(3, path("gone") + ": no such file or folder");
    run("vocode", path("gone"), "-o", path("out"))
        .failed(3, path("gone") + ": no such file or folder");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aFileThatVanishesWhileOthersAreRead() {
    TestAudio.file(folder.resolve("a.wav"), TestAudio.wav(1));
    CommandRun run = run("units", path("a.wav"), path("gone.wav"), path("a.wav"));
    run.failed(3, path("gone.wav") + ": no such file (expected: " + KINDS + ")");
    assertThat(run.lines()).hasSize(2);
  }

  @Test
  void aDirectory() {
    for (String[] command : commands(folder)) {
      run(command).failed(3, folder + ": is a directory (expected: a file of " + KINDS + ")");
    }
    run("generate", folder.toString())
        .failed(3, folder + ": is a folder (expected: a file of JSON lines)");
  }

  @Test
  void unwritableOutput() {
    Path in = TestAudio.file(folder.resolve("in.wav"), TestAudio.wav(1, 2));
    run("continue", in.toString(), "-o", folder.toString())
        .failed(3, folder + ": is a directory (expected: a file to write)");
    run("continue", in.toString(), "-o", path("none/out.wav"))
        .failed(3, path("none/out.wav") + ": no folder " + path("none") + " (expected: one)");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  static Stream<Arguments> badLines() {
    String whole = "a whole number, 0 to 9";
    String object =
        "not one JSON object (expected: {\"file_name\": \"a.wav\", \"units\": [12, 7]})";
    return Stream.of(
        Arguments.of("{\"units\": [1, 500]}", "units[1]: 500 (expected: " + whole + ")"),
        Arguments.of("{\"units\": [-1]}", "units[0]: -1 (expected: " + whole + ")"),
        Arguments.of("{\"units\": [\"x\"]}", "units[0]: \"x\" (expected: " + whole + ")"),
        Arguments.of("{\"units\": [1.5]}", "units[0]: 1.5 (expected: " + whole + ")"),
        Arguments.of("{\"units\": [1e0]}", "units[0]: 1.0 (expected: " + whole + ")"),
        Arguments.of("{\"units\": [null]}", "units[0]: null (expected: " + whole + ")"),
        Arguments.of(
            "{\"units\": [99999999999999999999]}",
            "units[0]: 99999999999999999999 (expected: " + whole + ")"),
        Arguments.of("{\"units\": 7}", "units: 7 (expected: an array of whole numbers)"),
        Arguments.of("{\"unit\": [7]}", "units: missing (expected: an array of whole numbers)"),
        Arguments.of(
            "{\"units\": [1], \"durations\": [1, 2]}",
            "durations: 2 for 1 units (expected: one a unit)"),
        Arguments.of(
            "{\"units\": [1], \"durations\": [0]}",
            "durations[0]: 0 (expected: a whole number, 1 or more)"),
        Arguments.of("{\"units\": [1], \"file_name\": 3}", "file_name: 3 (expected: a string)"),
        Arguments.of("{\"units\": [1], \"units\": [2]}", object),
        Arguments.of("{\"units\": [1]} {\"units\": [2]}", object),
        Arguments.of("[1, 2]", object),
        Arguments.of("units", object),
        Arguments.of("{\"units\": [1", object),
        Arguments.of("[".repeat(100_000), object));
  }

  @ParameterizedTest
  @MethodSource("badLines")
  void aBadLine(String line, String complaint) {
    String file = lines("", "{\"units\": [1]}", line).toString();
    run("generate", file, "--max-units", "1").failed(3, file + ": line 3: " + complaint);
    run("vocode", file, "-o", path("out")).failed(3, file + ": line 3: " + complaint);
  }

  @Test
  void aLineWithoutEnd() {
    pipe("[" + "1,".repeat(UnitLines.LONGEST_LINE / 2), "generate", "-")
        .failed(3, "standard input: line 1: longer than 4194304 characters (expected: JSON lines)");
  }

  @Test
  void noLines() {
    pipe("\n \n", "generate", "-")
        .failed(
            3,
            "standard input: holds no lines (expected: JSON lines like {\"file_name\": \"a.wav\","
                + " \"units\": [12, 7]})");
  }

  @Test
  void notUtf8() {
    pipe(new byte[] {'{', '"', (byte) 0xff, '"'}, "generate", "-")
        .failed(3, "standard input: line 1: not UTF-8 (expected: JSON lines in UTF-8)");
  }

  @Test
  void aBundleThatIsNotThere() {
    plain(new byte[0], "units", "-", "--bundle", path("none"))
        .failed(
            3, path("none") + ": no such folder (expected: default, a bundle folder or org/name)");
  }

  private void bundle(String complaint) throws IOException {
    for (String[] command :
        new String[][] {{"units", "-"}, {"generate", "-"}, {"vocode", "-", "-o", path("out")}}) {
      CommandRun run = pipe("{\"units\": [1]}", command);
      assertThat(run.err()).startsWith("continuo: ").contains(complaint).hasLineCount(1);
      assertThat(run.code()).isEqualTo(3);
    }
    assertThat(networks.loaded()).isEmpty();
    assertThat(Files.exists(folder.resolve("home/logs"))).isFalse();
  }

  @Test
  void aBundleWithAFileMissing() throws IOException {
    bundle.delete("lm/model.safetensors");
    bundle(bundle.file("lm/model.safetensors").toString());
  }

  @Test
  void aBundleWithAFileCut() throws IOException {
    bundle.cut("vocoder/model.safetensors", 30);
    bundle(bundle.file("vocoder/model.safetensors").toString());
  }

  @Test
  void aBundleWhoseUnitsDisagree() throws IOException {
    bundle.edit("vocoder/config.json", "'num_units': 10", "'num_units': 11");
    bundle("11");
  }

  @Test
  void aBundleWhoseRatesDisagree() throws IOException {
    bundle.edit("vocoder/config.json", "'unit_rate_hz': 25.0", "'unit_rate_hz': 50.0");
    bundle("50");
  }

  @Test
  void aComponentOfUnknownType() throws IOException {
    bundle.edit("lm/config.json", "'llama'", "'lama'");
    bundle("model_type: \"lama\" (expected: ");
  }
}
