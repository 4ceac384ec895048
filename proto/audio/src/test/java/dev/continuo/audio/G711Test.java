// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class G711Test {

  /** Values of ITU-T G.711, tables 1a and 2a, at 16 bits. */
  @Test
  void knownCodes() {
    assertThat(G711.MU_LAW.decode((byte) 0x00) * 32768).isEqualTo(-32124);
    assertThat(G711.MU_LAW.decode((byte) 0x80) * 32768).isEqualTo(32124);
    assertThat(G711.MU_LAW.decode((byte) 0xff)).isEqualTo(0);
    assertThat(G711.A_LAW.decode((byte) 0xaa) * 32768).isEqualTo(32256);
    assertThat(G711.A_LAW.decode((byte) 0xd5) * 32768).isEqualTo(8);
    assertThat(G711.A_LAW.decode((byte) 0x55) * 32768).isEqualTo(-8);
  }

  @ParameterizedTest
  @EnumSource(G711.class)
  void everyCodeGoesThereAndBack(G711 law) {
    for (int code = 0; code < 256; code++) {
      float value = law.decode((byte) code);
      assertThat(law.decode(law.encode(value))).isEqualTo(value);
    }
  }

  /** The platform's converters are an independent implementation. */
  @ParameterizedTest
  @EnumSource(G711.class)
  void decodesAsThePlatformDoes(G711 law) throws IOException {
    byte[] codes = new byte[256];
    for (int i = 0; i < 256; i++) {
      codes[i] = (byte) i;
    }
    AudioFormat.Encoding encoding =
        law == G711.MU_LAW ? AudioFormat.Encoding.ULAW : AudioFormat.Encoding.ALAW;
    AudioFormat from = new AudioFormat(encoding, 8000, 8, 1, 1, 8000, false);
    AudioFormat to = new AudioFormat(8000, 16, 1, true, false);
    try (AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(codes), from, 256)) {
      byte[] pcm = AudioSystem.getAudioInputStream(to, in).readAllBytes();
      float[] expected = new float[256];
      Pcm16.decode(pcm, 0, 256, expected, 0);
      float[] actual = new float[256];
      law.decode(codes, 0, 256, actual, 0);
      assertThat(actual).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(G711.class)
  void everySampleGoesToTheNearestCodeOrItsNeighbour(G711 law) {
    for (int pcm = Short.MIN_VALUE; pcm <= Short.MAX_VALUE; pcm++) {
      float sample = pcm / 32768f;
      float error = Math.abs(law.decode(law.encode(sample)) - sample) * 32768;
      // half of the widest step of the segment: a sixteenth of the magnitude, at least 8
      assertThat(error)
          .as("sample " + pcm)
          .isLessThanOrEqualTo(Math.max(16, (Math.abs(pcm) + 132) / 31f));
    }
    assertThat(law.encode(9)).isEqualTo(law.encode(1));
    assertThat(law.encode(Float.NaN)).isEqualTo(law.encode(0));
  }
}
