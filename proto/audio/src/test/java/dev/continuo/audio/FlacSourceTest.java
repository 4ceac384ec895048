// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class FlacSourceTest {

  @Test
  void sixteenBitsAreExact() throws IOException {
    assertThat(CodecFixtures.decode("mono16.flac")).isEqualTo(CodecFixtures.pcm16("mono16.pcm", 1));
  }

  @Test
  void twentyFourBitStereoIsMixedDownExactly() throws IOException {
    byte[] pcm = CodecFixtures.bytes("stereo24.pcm");
    float[] expected = new float[pcm.length / 6];
    for (int i = 0; i < expected.length; i++) {
      long left = int24(pcm, 6 * i);
      long right = int24(pcm, 6 * i + 3);
      expected[i] = (float) ((left + right) / (2.0 * (1 << 23)));
    }
    assertThat(CodecFixtures.decode("stereo24.flac")).isEqualTo(expected);
  }

  private static int int24(byte[] pcm, int at) {
    return LittleEndian.u16(pcm, at) | (pcm[at + 2] << 16);
  }

  @Test
  void eightBitsAreExact() throws IOException {
    byte[] pcm = CodecFixtures.bytes("mono8.pcm");
    float[] expected = new float[pcm.length];
    for (int i = 0; i < pcm.length; i++) {
      expected[i] = ((pcm[i] & 0xff) - 128) / 128f;
    }
    assertThat(CodecFixtures.decode("mono8.flac")).isEqualTo(expected);
  }

  @Test
  void namesTheRate() throws IOException {
    try (AudioSource source =
        AudioFiles.open(new ByteArrayInputStream(CodecFixtures.bytes("stereo24.flac")), "a.flac")) {
      assertThat(source.sampleRateHz()).isEqualTo(44_100);
    }
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    byte[] whole = CodecFixtures.bytes("mono16.flac");
    for (int length : new int[] {5, 30, 60, whole.length / 2, whole.length - 10}) {
      assertThatThrownBy(() -> CodecFixtures.decode(Arrays.copyOf(whole, length), "cut.flac"))
          .as(length + " bytes")
          .isInstanceOf(AudioFormatException.class)
          .hasMessageStartingWith("cut.flac: ");
    }
  }

  /** A writer to a pipe cannot go back to say how many samples there are. */
  @Test
  void anUnknownLengthIsReadToTheEnd() throws IOException {
    byte[] whole = CodecFixtures.bytes("mono16.flac");
    whole[21] &= (byte) 0xf0;
    Arrays.fill(whole, 22, 26, (byte) 0);
    assertThat(CodecFixtures.decode(whole, "pipe.flac"))
        .isEqualTo(CodecFixtures.pcm16("mono16.pcm", 1));
  }

  @Test
  @Timeout(60)
  void damageGivesTheTypedErrorOnly() throws IOException {
    byte[] whole = CodecFixtures.bytes("stereo24.flac");
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 1 + seed % 20; i++) {
        damaged[4 + random.nextInt(seed % 2 == 0 ? 100 : damaged.length - 4)] =
            (byte) random.nextInt();
      }
      try {
        CodecFixtures.decode(damaged, "damaged.flac");
      } catch (AudioFormatException e) {
        assertThat(e.getMessage())
            .as("seed " + seed)
            .startsWith("damaged.flac: ")
            .doesNotContain("\n");
      }
    }
  }
}
