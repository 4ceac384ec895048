// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static dev.continuo.audio.WavBytes.file;
import static dev.continuo.audio.WavBytes.fmt;
import static dev.continuo.audio.WavBytes.pcm16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what can be read. */
class WavWriterTest {
  @TempDir private Path folder;

  @Test
  void writesAFileWithItsSizes() throws IOException {
    Path target = folder.resolve("a.wav");
    try (WavWriter writer = WavWriter.create(target, 24000)) {
      writer.write(new float[] {9, 0.5f, -1, 9}, 1, 2);
      writer.write(new float[] {0.25f}, 0, 1);
      assertThat(target).doesNotExist();
      writer.commit();
    }
    assertThat(target).hasBinaryContent(file(1, 24000, 1, 16, pcm16(16384, -32768, 8192)));
  }

  @Test
  void writesAStreamOfUnknownSize() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WavWriter writer = new WavWriter(out, 16000)) {
      writer.write(new float[] {0.5f}, 0, 1);
      assertThat(out.size()).as("nothing held back").isEqualTo(46);
      writer.commit();
    }
    assertThat(out.toByteArray())
        .isEqualTo(
            new WavBytes()
                .chunk("fmt ", fmt(1, 16000, 1, 16, 2))
                .chunk("data", -1, pcm16(16384))
                .riff(-1));
  }

  @Test
  void writesAHeaderThoughThereAreNoSamples() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new WavWriter(out, 16000).close();
    assertThat(out.size()).isEqualTo(44);
    Path target = folder.resolve("a.wav");
    try (WavWriter writer = WavWriter.create(target, 16000)) {
      writer.commit();
    }
    assertThat(target).hasBinaryContent(file(1, 16000, 1, 16, new byte[0]));
  }

  @Test
  void leavesNothingWithoutCommit() throws IOException {
    try (WavWriter writer = WavWriter.create(folder.resolve("a.wav"), 24000)) {
      writer.write(new float[10000], 0, 10000);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void givesBackEverySampleOf16Bits() throws IOException {
    float[] samples = new float[65536];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (i - 32768) / 32768f;
    }
    Path target = folder.resolve("a.wav");
    try (WavWriter writer = WavWriter.create(target, 48000)) {
      writer.write(samples, 0, samples.length);
      writer.commit();
      assertThat(writer.clippedSamples()).isZero();
    }
    assertThat(WavBytes.read(Files.readAllBytes(target))).isEqualTo(samples);
  }

  @Test
  void roundsToTheNearestAndCountsWhatItClips() throws IOException {
    float[] samples = {1.4f / 32768, 1.6f / 32768, -1.6f / 32768, 1, 1.001f, -7, Float.MAX_VALUE};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    WavWriter writer = new WavWriter(out, 16000);
    writer.write(samples, 0, samples.length);
    assertThat(writer.clippedSamples()).isEqualTo(3);
    assertThat(out.toByteArray()).endsWith(pcm16(1, 2, -2, 32767, 32767, -32768, 32767));
  }

  @Test
  void rejectsWhatIsNotANumber() {
    WavWriter writer = new WavWriter(new ByteArrayOutputStream(), 16000);
    assertThatThrownBy(() -> writer.write(new float[] {0, Float.NaN}, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sample: NaN (expected: -1..1)");
  }

  @Test
  void rejectsRatesOutOfRange() {
    for (int rateHz : new int[] {0, -1, 7999, 96001}) {
      assertThatThrownBy(() -> WavWriter.create(folder.resolve("a.wav"), rateHz))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rateHz: " + rateHz + " (expected: 8000..96000)");
    }
    assertThat(folder).isEmptyDirectory();
  }
}
