// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.v1.AudioEncoding;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However speech comes, what is sent is the same. */
class OutputEncoderTest {
  private static final int VOICE_HZ = 24_000;

  private static float[] speech() {
    Random random = new Random(1);
    float[] samples = new float[VOICE_HZ + 77];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.4 * Math.sin(i / 20.0) + 0.1 * random.nextGaussian());
    }
    return samples;
  }

  private static OutputEncoder encoder(AudioKind kind) {
    return kind.isOpus()
        ? OutputEncoder.packets(kind, VOICE_HZ, new OpusKind(20_000, 32_000))
        : OutputEncoder.growing(kind, VOICE_HZ, 40, 200);
  }

  @ParameterizedTest
  @CsvSource({
    "AUDIO_ENCODING_LINEAR16, 24000",
    "AUDIO_ENCODING_LINEAR16, 48000",
    "AUDIO_ENCODING_LINEAR16, 11025",
    "AUDIO_ENCODING_MULAW, 8000",
    "AUDIO_ENCODING_ALAW, 8000",
    "AUDIO_ENCODING_OPUS, 24000",
    "AUDIO_ENCODING_OPUS, 48000"
  })
  void piecesAreTheSameHoweverSpeechIsCut(AudioEncoding encoding, int rateHz) {
    AudioKind kind = new AudioKind(encoding, rateHz, 1);
    float[] speech = speech();
    List<Piece> whole = new ArrayList<>();
    try (OutputEncoder encoder = encoder(kind)) {
      whole.addAll(encoder.push(speech));
      whole.addAll(encoder.finish());
    }
    Random random = new Random(2);
    List<Piece> parts = new ArrayList<>();
    try (OutputEncoder encoder = encoder(kind)) {
      for (int at = 0; at < speech.length; ) {
        int length = Math.min(speech.length - at, random.nextInt(3_000));
        parts.addAll(encoder.push(Arrays.copyOfRange(speech, at, at + length)));
        at += length;
      }
      parts.addAll(encoder.finish());
    }
    assertThat(parts).isEqualTo(whole);
    long samples = (long) Math.ceil((double) speech.length * rateHz / VOICE_HZ);
    assertThat(whole.stream().mapToLong(Piece::sampleCount).sum()).isEqualTo(samples);
    long next = whole.get(0).firstSample();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Piece piece : whole) {
      assertThat(piece.firstSample()).isEqualTo(next);
      next = piece.endSample();
      bytes.writeBytes(piece.data().toByteArray());
    }
    if (!kind.isOpus()) {
      assertThat(bytes.size()).isEqualTo(samples * kind.sampleBytes());
    }
  }
}
