// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import dev.continuo.audio.CodecException;
import dev.continuo.audio.G711;
import dev.continuo.audio.OpusPacketDecoder;
import dev.continuo.audio.Pcm16;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code AudioOut} carries to samples; in Opus the encoder's delay and what lies behind the
 * end are dropped, so that exactly the samples of the continuation come out.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class AudioDecoder implements AutoCloseable {
  private final AudioEncoding encoding;
  private final @Nullable OpusPacketDecoder opus;

  private AudioDecoder(AudioEncoding encoding, @Nullable OpusPacketDecoder opus) {
    this.encoding = encoding;
    this.opus = opus;
  }

  /**
   * A decoder at the start of a stream.
   *
   * @param format as in {@code SessionStarted.output}
   * @throws IllegalArgumentException if the encoding is unknown, or Opus does not know the rate
   * @throws IllegalStateException if there is no libopus for this platform
   */
  public static AudioDecoder of(AudioFormat format) {
    AudioEncoding encoding = AudioEncoder.known(format.getEncoding());
    return new AudioDecoder(
        encoding,
        encoding == AudioEncoding.AUDIO_ENCODING_OPUS
            ? new OpusPacketDecoder(format.getSampleRateHertz())
            : null);
  }

  /**
   * Decodes the next message; in Opus every one has to come here, in order.
   *
   * @return samples in -1..1, owned by the caller
   * @throws CodecException if it holds no audio of this encoding
   */
  public float[] decode(AudioOut audio) throws CodecException {
    byte[] data = audio.getData().toByteArray();
    if (opus != null) {
      float[] packet = opus.decode(data);
      int from = (int) Math.min(packet.length, Math.max(0, -audio.getFirstSampleIndex()));
      int to = Math.min(packet.length, from + Math.max(0, audio.getSampleCount()));
      return Arrays.copyOfRange(packet, from, to);
    }
    if (encoding == AudioEncoding.AUDIO_ENCODING_LINEAR16) {
      if (data.length % Short.BYTES != 0) {
        throw new CodecException("LINEAR16: " + data.length + " bytes (expected: whole samples)");
      }
      float[] samples = new float[data.length / Short.BYTES];
      Pcm16.decode(data, 0, samples.length, samples, 0);
      return samples;
    }
    float[] samples = new float[data.length];
    G711 law = encoding == AudioEncoding.AUDIO_ENCODING_MULAW ? G711.MU_LAW : G711.A_LAW;
    law.decode(data, 0, data.length, samples, 0);
    return samples;
  }

  /** Frees the Opus decoder. Idempotent. */
  @Override
  public void close() {
    if (opus != null) {
      opus.close();
    }
  }
}
