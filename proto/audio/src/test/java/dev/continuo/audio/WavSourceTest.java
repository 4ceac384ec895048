// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static dev.continuo.audio.WavBytes.array;
import static dev.continuo.audio.WavBytes.buffer;
import static dev.continuo.audio.WavBytes.extensible;
import static dev.continuo.audio.WavBytes.file;
import static dev.continuo.audio.WavBytes.fmt;
import static dev.continuo.audio.WavBytes.open;
import static dev.continuo.audio.WavBytes.pcm16;
import static dev.continuo.audio.WavBytes.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What WAV files hold. */
class WavSourceTest {
  private static final byte[] FMT = fmt(1, 16000, 1, 16, 2);

  @Test
  void readsEveryEncoding() throws IOException {
    byte[] pcm8 = {(byte) 0, (byte) 128, (byte) 192};
    byte[] pcm24 = {0, 0, (byte) 0x80, 1, 0, 0, 0, 0, 0x40};
    byte[] pcm32 = array(buffer(12).putInt(Integer.MIN_VALUE).putInt(0).putInt(1 << 30));
    byte[] float32 = array(buffer(12).putFloat(-1).putFloat(1.5f).putFloat(0.5f));
    byte[] float64 = array(buffer(24).putDouble(-1).putDouble(1.5).putDouble(0.5));
    assertThat(read(file(1, 16000, 1, 8, pcm8))).containsExactly(-1, 0, 0.5f);
    assertThat(read(file(1, 16000, 1, 16, pcm16(-32768, 1, 16384))))
        .containsExactly(-1, 1 / 32768f, 0.5f);
    assertThat(read(file(1, 16000, 1, 24, pcm24))).containsExactly(-1, 1 / 8388608f, 0.5f);
    assertThat(read(file(1, 16000, 1, 32, pcm32))).containsExactly(-1, 0, 0.5f);
    assertThat(read(file(3, 16000, 1, 32, float32))).containsExactly(-1, 1.5f, 0.5f);
    assertThat(read(file(3, 16000, 1, 64, float64))).containsExactly(-1, 1.5f, 0.5f);
  }

  /** Values of ITU-T G.711, tables 1a to 2b, on a 16-bit scale. */
  @Test
  void readsBothCompandingLaws() throws IOException {
    byte[] law = {0, (byte) 0x80, 0x7f, (byte) 0xff, (byte) 0xd5, 0x55, 0x2a, (byte) 0xaa};
    assertThat(read(file(7, 8000, 1, 8, law)))
        .containsExactly(scaled(-32124, 32124, 0, 0, 716, -716, -5372, 5372));
    assertThat(read(file(6, 8000, 1, 8, law)))
        .containsExactly(scaled(-5504, 5504, -848, 848, 8, -8, -32256, 32256));
  }

  private static float[] scaled(int... samples) {
    float[] scaled = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      scaled[i] = samples[i] / 32768f;
    }
    return scaled;
  }

  @Test
  void readsTheExtensibleFormOfEveryEncoding() throws IOException {
    int[][] tagsAndBits = {{1, 8}, {1, 16}, {1, 24}, {1, 32}, {3, 32}, {3, 64}, {6, 8}, {7, 8}};
    for (int[] kind : tagsAndBits) {
      byte[] data = new byte[kind[1] / 8 * 2 * 50];
      byte[] plain = file(kind[0], 44100, 2, kind[1], data);
      WavBytes wav = new WavBytes().chunk("fmt ", extensible(kind[0], 44100, 2, kind[1], kind[1]));
      assertThat(read(wav.chunk("data", data).riff())).hasSize(50).isEqualTo(read(plain));
    }
    WavBytes wav = new WavBytes().chunk("fmt ", extensible(1, 44100, 1, 24, 20));
    assertThat(read(wav.chunk("data", new byte[] {0, 0, 0x40}).riff())).containsExactly(0.5f);
  }

  @Test
  void givesTheMeanOfTheChannels() throws IOException {
    assertThat(read(file(1, 16000, 2, 16, pcm16(100, 200, -32768, -32768))))
        .containsExactly(150 / 32768f, -1);
    assertThat(read(file(1, 16000, 3, 16, pcm16(1, 2, 6)))).containsExactly(3 / 32768f);
  }

  @Test
  void readsThousandsOfChannels() throws IOException {
    byte[] data = new byte[32767 * 2 * 3];
    data[1] = 0x40;
    float[] samples = read(file(1, 96000, 32767, 16, data));
    assertThat(samples).hasSize(3).startsWith((float) (0.5 / 32767)).endsWith(0, 0);
  }

  @Test
  void takesItsRateFromTheFile() throws IOException {
    for (int rateHz : new int[] {8000, 8001, 44100, 96000}) {
      try (AudioSource source = open(file(1, rateHz, 1, 16, pcm16(1)))) {
        assertThat(source.sampleRateHz()).isEqualTo(rateHz);
      }
    }
  }

  @Test
  void skipsChunksAroundTheSamples() throws IOException {
    byte[] wav =
        new WavBytes()
            .chunk("LIST", new byte[20001])
            .chunk("fmt ", FMT)
            .chunk("fact", new byte[4])
            .chunk("\0\1\2\3", new byte[1])
            .chunk("data", pcm16(7, 8))
            .chunk("LIST", pcm16(9, 9, 9))
            .riff();
    assertThat(read(wav)).containsExactly(scaled(7, 8));
  }

  @Test
  void readsAnOddDataChunk() throws IOException {
    assertThat(read(file(1, 16000, 1, 8, new byte[] {(byte) 128, 0, 0})))
        .containsExactly(0, -1, -1);
  }

  @Test
  void readsToTheEndWhereTheWriterDidNotKnowTheSize() throws IOException {
    for (long size : new long[] {0, 0xffffffffL}) {
      for (long riffSize : new long[] {0, 36, 0xffffffffL}) {
        WavBytes wav = new WavBytes().chunk("fmt ", FMT).chunk("data", size, pcm16(1, 2, 3));
        assertThat(read(wav.riff(riffSize))).containsExactly(scaled(1, 2, 3));
      }
    }
  }

  @Test
  void readsToTheEndOfWhatSoxAndArecordSendByPipe() throws IOException {
    WavBytes mono = new WavBytes().chunk("fmt ", FMT);
    assertThat(read(mono.chunk("data", 0x7ffff000, pcm16(1, 2)).riff(0x7ffff024)))
        .containsExactly(scaled(1, 2));
    WavBytes five = new WavBytes().chunk("fmt ", fmt(1, 16000, 5, 16, 10));
    assertThat(read(five.chunk("data", 0x7fffeffe, pcm16(1, 1, 1, 1, 1)).riff(0x7ffff046)))
        .containsExactly(scaled(1));
    WavBytes arecord = new WavBytes().chunk("fmt ", FMT);
    assertThat(read(arecord.chunk("data", 0x80000000L, pcm16(3)).riff(0x80000024L)))
        .containsExactly(scaled(3));
  }

  @Test
  void takesOneByteAfterAnOddNumberAsPadding() throws IOException {
    byte[] threeAndPadding = {0, 0, 0x40, 0};
    WavBytes wav = new WavBytes().chunk("fmt ", fmt(1, 16000, 1, 24, 3));
    assertThat(read(wav.chunk("data", -1, threeAndPadding).riff(-1))).containsExactly(0.5f);
  }

  @Test
  void givesTheSameSamplesHoweverItIsRead() throws IOException {
    Random random = new Random(7);
    byte[] data = new byte[6 * 20000];
    random.nextBytes(data);
    byte[] wav = file(1, 48000, 2, 24, data);
    float[] expected = read(wav);
    assertThat(expected).hasSize(20000);
    for (int step : new int[] {1, 2, 999, 2730, 2731, 30000}) {
      try (AudioSource source = WavSource.open(new Trickle(wav, random), "a.wav")) {
        assertThat(WavBytes.readAll(source, step)).as("step %d", step).isEqualTo(expected);
      }
    }
  }

  @Test
  void givesALiveStreamsSamplesAtOnce() throws IOException {
    byte[] wav = new WavBytes().chunk("fmt ", FMT).chunk("data", -1, pcm16(1, 2)).riff(-1);
    InputStream live =
        new ByteArrayInputStream(wav) {
          @Override
          public synchronized int read(byte[] to, int offset, int length) {
            int n = super.read(to, offset, length);
            assertThat(n).as("a read that would block").isPositive();
            return n;
          }
        };
    try (AudioSource source = AudioFiles.open(live, "-")) {
      assertThat(source.read(new float[100], 0, 100)).isEqualTo(2);
    }
  }

  @Test
  void writesOnlyWithinTheRangeAsked() throws IOException {
    try (AudioSource source = open(file(1, 16000, 1, 16, pcm16(1, 2, 3)))) {
      float[] buffer = {9, 9, 9, 9};
      assertThat(source.read(buffer, 4, 0)).isZero();
      assertThat(source.read(buffer, 1, 2)).isEqualTo(2);
      assertThat(buffer).containsExactly(9, 1 / 32768f, 2 / 32768f, 9);
    }
  }

  @Test
  void staysAtTheEnd() throws IOException {
    try (AudioSource source = open(file(1, 16000, 1, 16, pcm16(1)))) {
      assertThat(source.read(new float[5], 0, 5)).isEqualTo(1);
      assertThat(source.read(new float[5], 0, 5)).isEqualTo(-1);
      assertThat(source.read(new float[5], 0, 5)).isEqualTo(-1);
    }
  }

  @Test
  void closesItsStream() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream in =
        new ByteArrayInputStream(file(1, 16000, 1, 16, pcm16(1))) {
          @Override
          public void close() {
            closed.set(true);
          }
        };
    AudioFiles.open(in, "a.wav").close();
    assertThat(closed).isTrue();
  }

  /** Gives a few bytes a read. */
  private static final class Trickle extends ByteArrayInputStream {
    private final Random random;

    Trickle(byte[] bytes, Random random) {
      super(bytes);
      this.random = random;
    }

    @Override
    public synchronized int read(byte[] to, int offset, int length) {
      return super.read(to, offset, Math.min(length, 1 + random.nextInt(7)));
    }
  }
}
