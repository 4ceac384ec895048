// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OggOpusSourceTest {

  /** opusdec rounds to 16 bits and clips softly; what is left is a difference of rounding. */
  @ParameterizedTest
  @CsvSource({"mono.opus, 1", "stereo.opus, 2", "ff.opus, 2"})
  void decodesAsOpusdecDoes(String name, int channels) throws IOException {
    float[] expected = CodecFixtures.pcm16(name + ".pcm", channels);
    float[] actual = CodecFixtures.decode(name);
    assertThat(actual).hasSameSizeAs(expected);
    assertThat(CodecFixtures.snrDb(actual, expected)).isGreaterThan(40);
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    byte[] whole = CodecFixtures.bytes("mono.opus");
    for (int length : new int[] {4, 20, 50, whole.length / 2, whole.length - 1}) {
      assertThatThrownBy(() -> CodecFixtures.decode(Arrays.copyOf(whole, length), "cut.opus"))
          .as(length + " bytes")
          .isInstanceOf(AudioFormatException.class)
          .hasMessageStartingWith("cut.opus: ");
    }
  }

  @Test
  void otherCodecsInOggAreRefusedByName() throws IOException {
    assertThatThrownBy(() -> CodecFixtures.decode("vorbis.ogg"))
        .isInstanceOf(AudioFormatException.class)
        .hasMessage("vorbis.ogg: is Ogg without Opus in it (expected: Ogg Opus)");
  }

  @Test
  void aFlippedBitIsFoundByThePagesChecksum() throws IOException {
    byte[] damaged = CodecFixtures.bytes("mono.opus");
    damaged[damaged.length / 2] ^= 4;
    assertThatThrownBy(() -> CodecFixtures.decode(damaged, "bit.opus"))
        .isInstanceOf(AudioFormatException.class)
        .hasMessageContaining("wrong checksum");
  }

  @Test
  void damageGivesTheTypedErrorOnly() throws IOException {
    byte[] whole = CodecFixtures.bytes("stereo.opus");
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 1 + seed % 10; i++) {
        damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
      }
      String as = "seed " + seed;
      assertThatThrownBy(() -> CodecFixtures.decode(damaged, "x.opus"))
          .as(as)
          .isInstanceOf(AudioFormatException.class);
    }
  }
}
