// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.continuo.audio.G711;
import dev.continuo.audio.OpusPacketDecoder;
import dev.continuo.audio.OpusPacketEncoder;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.AudioEncoding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client's bytes sound like. */
class InputDecoderTest {
  private static final int RATE_HZ = 16_000;
  private static final int PACKET = 320;

  private static AudioChunk chunk(byte... data) {
    return AudioChunk.newBuilder().setData(ByteString.copyFrom(data)).build();
  }

  private static AudioChunk numbered(long number, byte[] data) {
    return chunk(data).toBuilder().setSequenceNumber(number).build();
  }

  private static InputDecoder decoder(AudioEncoding encoding, int channels) {
    return new InputDecoder(new AudioKind(encoding, RATE_HZ, channels), RATE_HZ);
  }

  @Test
  void mixesTwoChannelsDown() {
    InputDecoder stereo = decoder(AudioEncoding.AUDIO_ENCODING_LINEAR16, 2);
    float[] mono = stereo.decode(chunk((byte) 0, (byte) 64, (byte) 0, (byte) 32));
    assertThat(mono).containsExactly(0.375f);
    assertThat(stereo.samples()).isEqualTo(1);
    assertThatThrownBy(() -> stereo.decode(chunk((byte) 0, (byte) 64)))
        .hasMessage("audio.data: 2 bytes (expected: whole samples, a multiple of 4)");
  }

  @Test
  void expandsBothLaws() {
    byte[] codes = {3, (byte) 200};
    assertThat(decoder(AudioEncoding.AUDIO_ENCODING_MULAW, 1).decode(chunk(codes)))
        .containsExactly(G711.MU_LAW.decode(codes[0]), G711.MU_LAW.decode(codes[1]));
    assertThat(decoder(AudioEncoding.AUDIO_ENCODING_ALAW, 1).decode(chunk(codes)))
        .containsExactly(G711.A_LAW.decode(codes[0]), G711.A_LAW.decode(codes[1]));
  }

  @Test
  void numbersChunksThatHaveNone() {
    InputDecoder decoder = decoder(AudioEncoding.AUDIO_ENCODING_LINEAR16, 1);
    decoder.decode(chunk((byte) 1, (byte) 1));
    decoder.decode(chunk((byte) 1, (byte) 1));
    assertThat(decoder.decode(numbered(3, new byte[] {1, 1}))).hasSize(2);
    assertThatThrownBy(() -> decoder.decode(numbered(-1, new byte[2])))
        .hasMessageStartingWith("audio.sequence_number: 18446744073709551615 ");
  }

  private static List<byte[]> packets(int count) {
    List<byte[]> packets = new ArrayList<>();
    try (OpusPacketEncoder encoder = new OpusPacketEncoder(RATE_HZ, 20_000, 32_000)) {
      for (int p = 0; p < count; p++) {
        float[] tone = new float[PACKET];
        for (int i = 0; i < PACKET; i++) {
          tone[i] = (float) (0.3 * Math.sin(2 * Math.PI * 440 * (p * PACKET + i) / RATE_HZ));
        }
        packets.add(encoder.encode(tone, 0));
      }
    }
    return packets;
  }

  @Test
  void concealsPacketsThatAreLostByNumberOrEmpty() throws Exception {
    List<byte[]> packets = packets(10);
    try (InputDecoder gap = decoder(AudioEncoding.AUDIO_ENCODING_OPUS, 1);
        InputDecoder empty = decoder(AudioEncoding.AUDIO_ENCODING_OPUS, 1);
        OpusPacketDecoder plain = new OpusPacketDecoder(RATE_HZ)) {
      for (int p = 0; p < 8; p++) {
        plain.decode(packets.get(p));
        gap.decode(numbered(p, packets.get(p)));
        empty.decode(chunk(packets.get(p)));
      }
      float[] concealed = plain.conceal(PACKET);
      float[] after = plain.decode(packets.get(9));
      assertThat(empty.decode(chunk())).containsExactly(concealed, within(0f));
      assertThat(empty.decode(chunk(packets.get(9)))).containsExactly(after, within(0f));
      float[] both = gap.decode(numbered(9, packets.get(9)));
      assertThat(both).hasSize(2 * PACKET);
      for (int i = 0; i < PACKET; i++) {
        assertThat(both[i]).isEqualTo(concealed[i]);
        assertThat(both[PACKET + i]).isEqualTo(after[i]);
      }
      assertThat(gap.samples()).isEqualTo(10 * PACKET);
    }
  }

  @Test
  void boundsWhatAGapCanAskFor() {
    try (InputDecoder decoder = decoder(AudioEncoding.AUDIO_ENCODING_OPUS, 1)) {
      byte[] packet = packets(1).get(0);
      assertThatThrownBy(() -> decoder.decode(numbered(51, packet)))
          .hasMessageStartingWith("audio: more than 1.0 s in all ");
      assertThatThrownBy(() -> decoder.decode(numbered(Long.MAX_VALUE - 1, packet)))
          .isInstanceOf(SessionFailure.class);
    }
  }
}
