// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpusPacketTest {
  private static final int[] RATES = {8_000, 12_000, 16_000, 24_000, 48_000};

  @ParameterizedTest
  @ValueSource(ints = {2_500, 5_000, 10_000, 20_000, 40_000, 60_000})
  void everyFrameLengthAndRateGoesThereAndBack(int frameMicros) throws IOException {
    float[] speech = CodecFixtures.pcm16("mono16.pcm", 1);
    for (int rateHz : RATES) {
      Resampler resampler = new Resampler(16_000, rateHz);
      float[] samples = join(resampler.process(speech, 0, speech.length), resampler.finish());
      try (OpusPacketEncoder encoder = new OpusPacketEncoder(rateHz, frameMicros, 96_000);
          OpusPacketDecoder decoder = new OpusPacketDecoder(rateHz)) {
        int frame = encoder.frameSamples();
        assertThat(frame).isEqualTo((int) ((long) rateHz * frameMicros / 1_000_000));
        float[] back = new float[0];
        for (int at = 0; at + frame <= samples.length; at += frame) {
          byte[] packet = encoder.encode(samples, at);
          float[] decoded = decoder.decode(packet);
          assertThat(decoded).hasSize(frame);
          back = join(back, decoded);
        }
        float[] aligned = Arrays.copyOfRange(back, encoder.lookaheadSamples(), back.length);
        assertThat(CodecFixtures.snrDb(aligned, samples))
            .as(rateHz + " Hz, " + frameMicros + " us")
            .isGreaterThan(8);
      }
    }
  }

  private static float[] join(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  /** Packets that FFmpeg's encoder made, 60 ms and stereo, without their container. */
  @Test
  void stereoPacketsAreMixedDown() throws IOException {
    try (OggPackets packets =
            new OggPackets(
                new java.io.ByteArrayInputStream(CodecFixtures.bytes("ff.opus")), "ff.opus");
        OpusPacketDecoder decoder = new OpusPacketDecoder(16_000)) {
      packets.next();
      packets.next();
      assertThat(decoder.decode(java.util.Objects.requireNonNull(packets.next()))).hasSize(960);
      assertThat(decoder.lastSamples()).isEqualTo(960);
    }
  }

  @Test
  void lostPacketsAreMadeUpWithoutAJump() throws IOException {
    float[] speech = CodecFixtures.pcm16("mono16.pcm", 1);
    try (OpusPacketEncoder encoder = new OpusPacketEncoder(16_000, 20_000, 32_000);
        OpusPacketDecoder decoder = new OpusPacketDecoder(16_000)) {
      float[] out = new float[0];
      int lost = 0;
      for (int at = 0; at + 320 <= speech.length; at += 320) {
        byte[] packet = encoder.encode(speech, at);
        boolean drop = at / 320 % 7 == 5;
        lost += drop ? 1 : 0;
        out = join(out, drop ? decoder.decode(new byte[0]) : decoder.decode(packet));
      }
      assertThat(lost).isGreaterThan(2);
      assertThat(out).hasSize(speech.length / 320 * 320);
      assertThat(largestStep(out)).isLessThan(2 * largestStep(speech));
      // what is made up for a long loss dies away
      double loud = power(decoder.conceal(320));
      for (int i = 0; i < 25; i++) {
        decoder.conceal(320);
      }
      assertThat(power(decoder.conceal(320))).isLessThanOrEqualTo(loud);
    }
  }

  private static double largestStep(float[] x) {
    double largest = 0;
    for (int i = 1; i < x.length; i++) {
      assertThat(Float.isFinite(x[i])).isTrue();
      largest = Math.max(largest, Math.abs(x[i] - x[i - 1]));
    }
    return largest;
  }

  private static double power(float[] x) {
    double sum = 0;
    for (float v : x) {
      sum += v * v;
    }
    return sum / x.length;
  }

  @Test
  void randomBytesGiveTheTypedErrorOrSamples() {
    Random random = new Random(3);
    int refused = 0;
    try (OpusPacketDecoder decoder = new OpusPacketDecoder(48_000)) {
      for (int i = 0; i < 3000; i++) {
        byte[] packet = new byte[1 + random.nextInt(300)];
        random.nextBytes(packet);
        try {
          assertThat(decoder.decode(packet).length).isBetween(1, 5760);
        } catch (CodecException e) {
          refused++;
          assertThat(e.getMessage()).startsWith("Opus: ");
        }
      }
      assertThatThrownBy(() -> decoder.decode(new byte[100_000]))
          .isInstanceOf(CodecException.class);
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void refusesWhatOpusDoesNotKnow() {
    assertThatThrownBy(() -> new OpusPacketDecoder(44_100))
        .hasMessage("rateHz: 44100 (expected: 8000, 12000, 16000, 24000 or 48000)");
    assertThatThrownBy(() -> new OpusPacketEncoder(16_000, 15_000, 24_000))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new OpusPacketEncoder(16_000, 20_000, 1))
        .hasMessage("bitrate: 1 (expected: 500 to 512000)");
    try (OpusPacketDecoder decoder = new OpusPacketDecoder(16_000)) {
      assertThatThrownBy(() -> decoder.conceal(7)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void isOfNoUseOnceClosed() {
    OpusPacketEncoder encoder = new OpusPacketEncoder(16_000, 20_000, 24_000);
    encoder.close();
    encoder.close();
    assertThatThrownBy(() -> encoder.encode(new float[320], 0)).hasMessage("encoder is closed");
    OpusPacketDecoder decoder = new OpusPacketDecoder(16_000);
    decoder.close();
    decoder.close();
    assertThatThrownBy(() -> decoder.decode(new byte[] {1, 2})).hasMessage("decoder is closed");
  }
}
