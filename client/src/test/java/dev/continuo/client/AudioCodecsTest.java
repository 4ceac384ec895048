// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.continuo.audio.CodecException;
import dev.continuo.audio.OpusPacketDecoder;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AudioCodecsTest {
  @ParameterizedTest
  @EnumSource(names = {"AUDIO_ENCODING_LINEAR16", "AUDIO_ENCODING_MULAW", "AUDIO_ENCODING_ALAW"})
  void whatIsEncodedIsDecoded(AudioEncoding encoding) throws CodecException {
    AudioFormat format = AudioFormat.newBuilder().setEncoding(encoding).build();
    float[] samples = tone(500);
    List<ByteString> pieces = new ArrayList<>();
    try (AudioEncoder encoder = AudioEncoder.of(format);
        AudioDecoder decoder = AudioDecoder.of(format)) {
      encoder.encode(samples, 100, 300, pieces::add);
      encoder.encode(samples, 0, 0, pieces::add);
      encoder.finish(pieces::add);
      assertThat(pieces).hasSize(1);
      float[] decoded = decoder.decode(AudioOut.newBuilder().setData(pieces.get(0)).build());
      assertThat(decoded).hasSize(300);
      for (int i = 0; i < decoded.length; i++) {
        assertThat(decoded[i]).isCloseTo(samples[100 + i], within(0.02f));
      }
    }
  }

  @Test
  void opusIsGatheredToPacketsAndFilledUpSoThatAllIsHeard() throws CodecException {
    AudioFormat format =
        AudioFormat.newBuilder()
            .setEncoding(AudioEncoding.AUDIO_ENCODING_OPUS)
            .setSampleRateHertz(16_000)
            .build();
    List<ByteString> packets = new ArrayList<>();
    try (AudioEncoder encoder = AudioEncoder.of(format);
        OpusPacketDecoder decoder = new OpusPacketDecoder(16_000)) {
      float[] samples = tone(1000);
      for (int at = 0; at < samples.length; at += 100) {
        encoder.encode(samples, at, 100, packets::add);
      }
      assertThat(packets).hasSize(3);
      encoder.finish(packets::add);
      encoder.finish(packets::add);
      int decoded = 0;
      for (ByteString packet : packets) {
        decoded += decoder.decode(packet.toByteArray()).length;
      }
      assertThat(decoded).isBetween(1000 + 100, 1000 + 2 * 320);
      assertThatThrownBy(() -> encoder.encode(samples, 0, 1, packets::add))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesTwoChannelsAndHalfSamples() {
    AudioFormat stereo = AudioFormat.newBuilder().setChannelCount(2).build();
    assertThatThrownBy(() -> AudioEncoder.of(stereo)).hasMessageContaining("channelCount: 2");
    try (AudioDecoder decoder = AudioDecoder.of(AudioFormat.getDefaultInstance())) {
      AudioOut odd = AudioOut.newBuilder().setData(ByteString.copyFrom(new byte[3])).build();
      assertThatThrownBy(() -> decoder.decode(odd))
          .isInstanceOf(CodecException.class)
          .hasMessage("LINEAR16: 3 bytes (expected: whole samples)");
    }
  }

  private static float[] tone(int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (0.5 * Math.sin(i * 0.1));
    }
    return samples;
  }
}
