// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static dev.continuo.audio.WavBytes.array;
import static dev.continuo.audio.WavBytes.buffer;
import static dev.continuo.audio.WavBytes.bytes;
import static dev.continuo.audio.WavBytes.extensible;
import static dev.continuo.audio.WavBytes.file;
import static dev.continuo.audio.WavBytes.fmt;
import static dev.continuo.audio.WavBytes.open;
import static dev.continuo.audio.WavBytes.pcm16;
import static dev.continuo.audio.WavBytes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Audio that is wrong is told in one line. */
class BadAudioTest {
  private static final byte[] FMT = fmt(1, 16000, 1, 16, 2);

  @Test
  void rejectsWhatIsNotAudio() {
    byte[] random = new byte[5000];
    new Random(11).nextBytes(random);
    String message = "a.wav: is not audio of a known kind (expected: WAV, FLAC or Ogg Opus)";
    rejects(bytes("Dear Sir or Madam,\nI write"), message);
    rejects(random, message);
    rejects(bytes("RI"), message);
    rejects(new byte[0], "a.wav: is empty (expected: WAV, FLAC or Ogg Opus)");
  }

  @Test
  void rejectsOtherRiffs() {
    byte[] wav = file(1, 16000, 1, 16, pcm16(1));
    rejects(patched(wav, 8, bytes("AVI ")), "a.wav: is not a WAV file (expected: RIFF and WAVE)");
    rejects(patched(wav, 0, bytes("RF64")), "a.wav: is a WAV of the variant RF64 (expected: RIFF)");
  }

  @Test
  void rejectsAHeaderCutAnywhere() {
    byte[] wav =
        new WavBytes().chunk("LIST", new byte[9]).chunk("fmt ", FMT).chunk("data", pcm16(1)).riff();
    for (int length = 4; length < wav.length - 2; length++) {
      byte[] cut = Arrays.copyOf(wav, length);
      assertThatThrownBy(() -> open(cut))
          .as("%d bytes", length)
          .isInstanceOf(AudioFormatException.class)
          .hasMessageMatching(
              "a\\.wav: is cut in the header after byte \\d+ \\(expected: a whole .*");
    }
    rejects(
        Arrays.copyOf(wav, 20),
        "a.wav: is cut in the header after byte 20 (expected: a whole chunk before the samples)");
  }

  @Test
  void rejectsDataCutAnywhere() throws IOException {
    byte[] wav = file(1, 16000, 2, 16, new byte[4 * 3000]);
    for (int missing : new int[] {1, 3, 4, 5, 11999, 12000}) {
      byte[] cut = Arrays.copyOf(wav, wav.length - missing);
      String message =
          "a.wav: is cut after %d bytes of samples (expected: 12000 bytes of samples)"
              .formatted(12000 - missing);
      try (AudioSource source = open(cut)) {
        float[] samples = new float[3000];
        int whole = (12000 - missing) / 4;
        for (int n = 0; n < whole; ) {
          n += source.read(samples, n, 3000 - n);
        }
        for (int again = 0; again < 2; again++) {
          assertThatThrownBy(() -> source.read(samples, 0, 3000))
              .isInstanceOf(AudioFormatException.class)
              .hasMessage(message);
        }
      }
    }
  }

  @Test
  void rejectsAStreamCutWithinAFrame() {
    WavBytes wav = new WavBytes().chunk("fmt ", fmt(1, 16000, 2, 16, 4));
    rejects(
        wav.chunk("data", -1, new byte[10]).riff(-1),
        "a.wav: is cut after 10 bytes of samples (expected: whole frames of 4 bytes)");
  }

  @Test
  void rejectsZeroSamples() {
    String message = "a.wav: holds no samples (expected: at least one)";
    rejects(file(1, 16000, 1, 16, new byte[0]), message);
    for (long size : new long[] {0, -1, 0x80000000L, 0x7ffff000}) {
      rejects(new WavBytes().chunk("fmt ", FMT).chunk("data", size, new byte[0]).riff(), message);
    }
    rejects(
        new WavBytes().chunk("fmt ", FMT).chunk("data", 0x7fffeffe, new byte[2]).riff(),
        "a.wav: is cut after 2 bytes of samples (expected: 2147479550 bytes of samples)");
    rejects(
        new WavBytes()
            .chunk("fmt ", FMT)
            .chunk("data", new byte[0])
            .chunk("LIST", new byte[100])
            .riff(),
        message);
  }

  @Test
  void rejectsImpossibleFormats() {
    rejectsFormat(fmt(1, 0, 1, 16, 2), "sample rate 0 Hz (expected: 8000..96000)");
    rejectsFormat(fmt(1, 7999, 1, 16, 2), "sample rate 7999 Hz (expected: 8000..96000)");
    rejectsFormat(fmt(1, 96001, 1, 16, 2), "sample rate 96001 Hz (expected: 8000..96000)");
    rejectsFormat(fmt(1, 7_000_000, 1, 16, 2), "sample rate 7000000 Hz (expected: 8000..96000)");
    rejectsFormat(
        fmt(1, 0xffffffffL, 1, 16, 2), "sample rate 4294967295 Hz (expected: 8000..96000)");
    rejectsFormat(fmt(1, 16000, 0, 16, 0), "0 channels (expected: at least 1)");
    String bits =
        " (expected: 8, 16, 24 or 32 for PCM, 32 or 64 for float, 8 for mu-law and A-law)";
    rejectsFormat(fmt(1, 16000, 1, 0, 0), "0 bits a sample in format 1" + bits);
    rejectsFormat(fmt(1, 16000, 1, 12, 2), "12 bits a sample in format 1" + bits);
    rejectsFormat(fmt(3, 16000, 1, 16, 2), "16 bits a sample in format 3" + bits);
    rejectsFormat(fmt(7, 16000, 1, 16, 2), "16 bits a sample in format 7" + bits);
    rejectsFormat(
        fmt(0x55, 16000, 1, 16, 2),
        "WAV format tag 85 (expected: 1 (PCM), 3 (float), 6 (A-law) or 7 (mu-law))");
    rejectsFormat(fmt(1, 16000, 2, 16, 2), "block align 2 for 2 channels of PCM16 (expected: 4)");
    rejectsFormat(fmt(1, 16000, 65535, 64, 0), "64 bits a sample in format 1" + bits);
    rejectsFormat(
        fmt(3, 16000, 65535, 64, 0xfff8),
        "block align 65528 for 65535 channels of FLOAT64 (expected: 524280)");
    rejectsFormat(new byte[14], "fmt chunk of 14 bytes (expected: at least 16)");
    rejectsFormat(new byte[4098], "fmt chunk of 4098 bytes (expected: at most 4096)");
  }

  @Test
  void rejectsImpossibleExtensibleFormats() {
    byte[] good = extensible(1, 16000, 1, 16, 16);
    rejectsFormat(
        Arrays.copyOf(good, 38), "extensible fmt chunk of 38 bytes (expected: at least 40)");
    rejectsFormat(extensible(1, 16000, 1, 16, 17), "17 valid bits a sample (expected: at most 16)");
    rejectsFormat(
        patched(good, 30, new byte[] {1}),
        "unknown subformat of an extensible WAV (expected: PCM, float, mu-law or A-law)");
  }

  @Test
  void rejectsChunksInTheWrongPlace() {
    rejects(
        new WavBytes().chunk("data", pcm16(1)).chunk("fmt ", FMT).riff(),
        "a.wav: data chunk comes first (expected: a fmt chunk before it)");
    rejects(
        new WavBytes().chunk("fmt ", FMT).chunk("data", new byte[3]).riff(),
        "a.wav: data chunk of 3 bytes (expected: a multiple of the 2 bytes of a frame)");
  }

  @Test
  void stopsSkippingAnEndlessHeader() {
    byte[] emptyChunks = new byte[17 << 20];
    byte[] start = new WavBytes().chunk("fmt ", FMT).riff(-1);
    System.arraycopy(start, 0, emptyChunks, 0, start.length);
    assertThatThrownBy(() -> open(emptyChunks))
        .isInstanceOf(AudioFormatException.class)
        .hasMessageEndingWith("(expected: a header of at most 16777216 bytes)");
    rejects(
        new WavBytes().chunk("fmt ", FMT).chunk("LIST", 0xfffffff0L, new byte[9]).riff(),
        "a.wav: chunk of 4294967280 bytes before the samples"
            + " (expected: a header of at most 16777216 bytes)");
  }

  @Test
  void namesTheSampleThatIsNotANumber() {
    float[] bad = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 32767f};
    for (float sample : bad) {
      byte[] data = array(buffer(8 * 6000).putFloat(8 * 5432 + 4, sample));
      rejects(
          file(3, 16000, 2, 32, data), "a.wav: sample 5432 is " + sample + " (expected: -1..1)");
    }
    byte[] huge = array(buffer(8).putDouble(1e300));
    rejects(file(3, 16000, 1, 64, huge), "a.wav: sample 0 is Infinity (expected: -1..1)");
  }

  @Test
  void keepsItsMessageOnOneLine() {
    assertThat(new AudioFormatException("a\nb\u2028c", "d", "e\r"))
        .hasMessage("a?b?c: d (expected: e?)");
  }

  /** Random mutations of good files: read, or told in one line. */
  @Test
  void survivesMutations() {
    for (int seed = 0; seed < 20000; seed++) {
      Random random = new Random(seed);
      byte[] wav = mutated(random);
      try (AudioSource source = AudioFiles.open(new ByteArrayInputStream(wav), "a.wav")) {
        int samples = WavBytes.readAll(source, 1 + random.nextInt(50)).length;
        assertThat(samples).as("seed %d", seed).isLessThanOrEqualTo(wav.length);
      } catch (AudioFormatException e) {
        assertThat(e.getMessage()).as("seed %d", seed).matches("a\\.wav: .* \\(expected: .*\\)");
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static byte[] mutated(Random random) {
    int[][] kinds = {{1, 8}, {1, 16}, {1, 24}, {1, 32}, {3, 32}, {3, 64}, {6, 8}, {7, 8}};
    int[] kind = kinds[random.nextInt(kinds.length)];
    int channels = 1 + random.nextInt(3);
    byte[] data = new byte[kind[1] / 8 * channels * (1 + random.nextInt(40))];
    byte[] fmt =
        random.nextBoolean()
            ? fmt(kind[0], 16000, channels, kind[1], channels * kind[1] / 8)
            : extensible(kind[0], 16000, channels, kind[1], kind[1]);
    byte[] wav =
        new WavBytes()
            .chunk("fmt ", fmt)
            .chunk("LIST", new byte[random.nextInt(9)])
            .chunk("data", data)
            .riff();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = random.nextInt(4) == 0 ? random.nextInt(wav.length) : random.nextInt(64);
      int[] values = {0, 1, 0x7f, 0x80, 0xff, random.nextInt(256)};
      wav[Math.min(at, wav.length - 1)] = (byte) values[random.nextInt(values.length)];
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(wav, random.nextInt(wav.length)) : wav;
  }

  private static byte[] patched(byte[] bytes, int at, byte[] patch) {
    byte[] patched = bytes.clone();
    System.arraycopy(patch, 0, patched, at, patch.length);
    return patched;
  }

  private static void rejectsFormat(byte[] fmt, String message) {
    rejects(
        new WavBytes().chunk("fmt ", fmt).chunk("data", new byte[8]).riff(), "a.wav: " + message);
  }

  private static void rejects(byte[] file, String message) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(AudioFormatException.class)
        .hasMessage(message);
  }
}
