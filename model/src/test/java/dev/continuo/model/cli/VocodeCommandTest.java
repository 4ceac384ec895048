// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VocodeCommandTest extends CommandTest {
  private static final String LINE =
      "{\"file_name\": \"x/a.flac\", \"units\": [2, 4], \"durations\": [3, 1]}";

  /** Units a frame of a WAV that the fake vocoder spoke. */
  private static int[] spoken(Path wav) throws IOException {
    float[] samples = new float[64 * FakeNetworks.SPOKEN];
    try (AudioSource source = AudioFiles.open(wav)) {
      assertThat(source.sampleRateHz()).isEqualTo(24_000);
      int filled = 0;
      for (int n; (n = source.read(samples, filled, samples.length - filled)) > 0; ) {
        filled += n;
      }
      assertThat(filled % FakeNetworks.SPOKEN).isZero();
      int[] units = new int[filled / FakeNetworks.SPOKEN];
      Arrays.setAll(units, i -> Math.round(20 * samples[i * FakeNetworks.SPOKEN]));
      return units;
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void speaksEachLineIntoAFileOfItsName() throws IOException {
    CommandRun run = pipe(LINE, "vocode", "-", "-o", path("out")).ok();
    assertThat(run.lines()).containsExactly(path("out/a.wav"));
    assertThat(spoken(folder.resolve("out/a.wav"))).containsExactly(2, 2, 2, 4);
  }

  @Test
  void predictsDurationsThatAreNotGiven() throws IOException {
    pipe("{\"file_name\": \"a\", \"units\": [2, 2, 4]}", "vocode", "-", "-o", path("out")).ok();
    assertThat(spoken(folder.resolve("out/a.wav"))).containsExactly(2, 2, 4, 4);
  }

  @Test
  void predictsDurationsInPlaceOfGivenOnes() throws IOException {
    pipe(LINE, "vocode", "-", "-o", path("out"), "--durations", "predicted").ok();
    assertThat(spoken(folder.resolve("out/a.wav"))).containsExactly(2, 2, 4, 4);
  }

  @Test
  void refusesALineWithoutTheDurationsAskedFor() throws IOException {
    pipe(LINE + "\n{\"units\": [1]}", "vocode", "-", "-o", path("out"), "--durations", "given")
        .failed(
            3,
            "standard input: line 2: durations: missing (expected: one a unit, or --durations"
                + " predicted)");
    assertThat(files()).containsExactly("a.wav");
  }

  @Test
  void streamsInChunksAndGivesTheSameSamples() throws IOException {
    String line = "{\"file_name\": \"a\", \"units\": [2, 4, 1], \"durations\": [9, 1, 8]}";
    pipe(line, "vocode", "-", "-o", path("out")).ok();
    byte[] whole = Files.readAllBytes(folder.resolve("out/a.wav"));
    assertThat(networks.chunks()).containsExactly(18);
    networks.chunks().clear();
    pipe(line, "vocode", "-", "-o", path("out"), "--stream").ok();
    assertThat(networks.chunks()).containsExactly(8, 8, 2);
    assertThat(Files.readAllBytes(folder.resolve("out/a.wav"))).isEqualTo(whole);
    networks.chunks().clear();
    pipe(line, "vocode", "-", "-o", path("out"), "--stream", "--chunk-frames", "10").ok();
    assertThat(networks.chunks()).containsExactly(10, 8);
  }

  @Test
  void numbersNamesThatClashAndStaysInItsFolder() throws IOException {
    String names = "";
    for (String name :
        List.of("a.wav", "b/a.flac", "a-1", "../../a", "..", "", "c:\\\\d\\\\e.wav")) {
      names += "{\"file_name\": \"" + name + "\", \"units\": [1]}\n";
    }
    pipe(names, "vocode", "-", "-o", path("out")).ok();
    assertThat(files())
        .containsExactly(
            "a-1-1.wav", "a-1.wav", "a-2.wav", "a.wav", "e.wav", "units-1.wav", "units.wav");
  }

  @Test
  void describesFilesAsJson() {
    CommandRun run = pipe(LINE, "vocode", "-", "-o", path("out"), "--json").ok();
    assertThat(run.lines())
        .containsExactly(
            "{\"file_name\":\"x/a.flac\",\"output\":\""
                + path("out/a.wav")
                + "\",\"seconds\":0.16}");
  }

  @Test
  void noUnitsAreNoSamples() throws IOException {
    pipe("{\"file_name\": \"a\", \"units\": []}", "vocode", "-", "-o", path("out")).ok();
    assertThat(Files.size(folder.resolve("out/a.wav"))).isEqualTo(44);
  }

  @Test
  void refusesMoreThanAWavHolds() throws IOException {
    pipe(
            "{\"units\": [1, 2], \"durations\": [2147483647, 2147483647]}",
            "vocode",
            "-",
            "-o",
            path("out"))
        .failed(
            3, "standard input: line 1: durations: 4294967294 frames (expected: at most 2236928)");
    assertThat(files()).isEmpty();
  }

  @Test
  void aRunThatFailsHalfwayLeavesNoHalfFile() throws IOException {
    networks.failingAfterFrames(5);
    String longer = "{\"file_name\": \"b\", \"units\": [1], \"durations\": [9]}";
    CommandRun run =
        pipe(
            LINE + "\n" + longer,
            "vocode",
            "-",
            "-o",
            path("out"),
            "--stream",
            "--chunk-frames",
            "2");
    assertThat(run.code()).isEqualTo(1);
    assertThat(files()).containsExactly("a.wav");
  }

  @Test
  void refusesAFileAsItsFolder() {
    Path taken = TestAudio.file(folder.resolve("taken"), new byte[1]);
    pipe(LINE, "vocode", "-", "-o", taken.toString())
        .failed(3, taken + ": is a file (expected: a folder for the WAV files)");
    pipe(LINE, "vocode", "-", "-o", taken + "/deeper")
        .failed(3, taken + "/deeper: cannot be made (expected: a folder for the WAV files)");
  }

  @Test
  void refusesToWriteOverAFolder() throws IOException {
    Files.createDirectories(folder.resolve("out/a.wav"));
    pipe(LINE, "vocode", "-", "-o", path("out"))
        .failed(3, path("out/a.wav") + ": is a directory (expected: a file to write)");
    assertThat(files()).containsExactly("a.wav");
  }

  @Test
  void needsAFolder() {
    pipe(LINE, "vocode", "-").failed(2, "--out: missing (expected: --out DIR)");
  }
}
