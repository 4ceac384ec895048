// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UnitsCommandTest extends CommandTest {

  @Test
  void mergesUnitsAndCountsTheirFrames() {
    TestAudio.file(folder.resolve("a.wav"), TestAudio.wav(1, 1, 2, 2, 2, 1));
    CommandRun run = run("units", path("a.wav")).ok();
    assertThat(run.lines())
        .containsExactly("{\"file_name\":\"a.wav\",\"units\":[1,2,1],\"durations\":[2,3,1]}");
    assertThat(networks.loaded()).containsExactly("encoder F32");
  }

  @Test
  void rawGivesAUnitAFrame() {
    TestAudio.file(folder.resolve("a.wav"), TestAudio.wav(1, 1, 2));
    assertThat(run("units", "--raw", path("a.wav")).ok().lines())
        .containsExactly("{\"file_name\":\"a.wav\",\"units\":[1,1,2]}");
  }

  @Test
  void readsStandardInput() {
    assertThat(pipe(TestAudio.wav(3, 4), "units", "-").ok().lines())
        .containsExactly("{\"file_name\":\"-\",\"units\":[3,4],\"durations\":[1,1]}");
  }

  @Test
  void streamsInChunksOfTheGivenLength() {
    pipe(TestAudio.wav(3, 4), "units", "-", "--stream", "--chunk-ms", "30").ok();
    // 80 ms at 16 kHz: two whole chunks and a rest, then what the resampler held back (nothing)
    assertThat(networks.chunks()).containsExactly(480, 480, 320, 0, 0);
  }

  @Test
  void chunksAreTwentyMillisecondsUnlessSaidOtherwise() {
    pipe(TestAudio.wav(3), "units", "-", "--stream").ok();
    assertThat(networks.chunks()).containsExactly(320, 320, 0, 0);
  }

  @Test
  void comparesWithTheWholeInOneReading() {
    assertThat(pipe(TestAudio.wav(3, 3, 4), "units", "-", "--stream", "--compare").ok().lines())
        .singleElement(STRING)
        .startsWith(
            "{\"file_name\":\"-\",\"units\":[3,4],\"durations\":[2,1],\"ued\":0.0,"
                + "\"frame_agreement\":1.0,\"rtf\":")
        .contains(",\"offline_rtf\":");
    assertThat(networks.chunks()).contains(320, 3 * FakeNetworks.FRAME);
  }

  @Test
  void resamplesToTheEncodersRate() {
    float[] second = new float[8_000];
    java.util.Arrays.fill(second, 0.5f);
    TestAudio.file(folder.resolve("8k.wav"), TestAudio.wav(8_000, second));
    CommandRun run = run("units", "--raw", path("8k.wav")).ok();
    assertThat(run.lines().get(0).split(",")).hasSize(1 + 25);
  }

  @Test
  void anHourIsNotHeldAtOnce() {
    float[] minute = new float[16_000 * 60];
    pipe(TestAudio.wav(16_000, minute), "units", "-").ok();
    assertThat(networks.chunks()).allMatch(size -> size <= 1 << 16).hasSizeGreaterThan(14);
  }

  @Test
  void doesTheOthersWhereOneIsBad() {
    TestAudio.file(folder.resolve("a.wav"), TestAudio.wav(1));
    TestAudio.file(folder.resolve("b.wav"), TestAudio.wav(2));
    CommandRun run = run("units", path("a.wav"), path("gone.wav"), path("b.wav"));
    run.failed(3, path("gone.wav") + ": no such file (expected: WAV, FLAC or Ogg Opus)");
    assertThat(run.lines()).hasSize(2);
    assertThat(run.lines().get(1)).contains("\"b.wav\"");
  }

  @Test
  void refusesLessThanAUnit() {
    Path file = TestAudio.file(folder.resolve("short.wav"), TestAudio.wav(16_000, new float[639]));
    run("units", file.toString())
        .failed(
            3,
            file + ": 639 samples at 16000 Hz are shorter than one unit (expected: 640 or more)");
  }

  @Test
  void refusesToCompareWhatIsNotStreamed() {
    run("units", "-", "--compare").failed(2, "--compare: given without --stream (expected: both)");
  }

  @Test
  void refusesSamplesThatAreNoNumbers() {
    byte[] wav = TestAudio.wav(16_000, new float[2_000]);
    // the same bytes as 32-bit float: format 3, 4 bytes a sample, 32 bits
    wav[20] = 3;
    TestAudio.little(wav, 28, 64_000);
    wav[32] = 4;
    wav[34] = 32;
    TestAudio.little(wav, 44 + 4 * 7, Float.floatToIntBits(Float.NaN));
    pipe(wav, "units", "-").failed(3, "standard input: sample 7 is NaN (expected: -1..1)");
  }
}
