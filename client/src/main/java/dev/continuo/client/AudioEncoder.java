// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.continuo.audio.G711;
import dev.continuo.audio.OpusPacketEncoder;
import dev.continuo.audio.Pcm16;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Samples to what an {@code AudioChunk} carries. In Opus, samples are gathered to packets of 20 ms.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class AudioEncoder implements AutoCloseable {
  /** Samples in a piece: 16 KiB of LINEAR16, well below what any server takes at once. */
  static final int MAX_SAMPLES = 8192;

  private static final int DEFAULT_RATE_HZ = 16_000;
  private static final int OPUS_FRAME_MICROS = 20_000;
  private static final int OPUS_BITRATE = 32_000;

  private final AudioEncoding encoding;
  private final @Nullable OpusPacketEncoder opus;
  private float[] pending = {};
  private int pendingSamples;
  private boolean finished;

  private AudioEncoder(AudioEncoding encoding, @Nullable OpusPacketEncoder opus) {
    this.encoding = encoding;
    this.opus = opus;
    if (opus != null) {
      pending = new float[opus.frameSamples() + opus.lookaheadSamples()];
    }
  }

  /**
   * An encoder at the start of a stream.
   *
   * @param format as in {@code SessionConfig.input}: what is absent takes its default
   * @throws IllegalArgumentException if the encoding is unknown, there are two channels, or Opus
   *     does not know the rate
   * @throws IllegalStateException if there is no libopus for this platform
   */
  public static AudioEncoder of(AudioFormat format) {
    if (format.hasChannelCount() && format.getChannelCount() != 1) {
      throw new IllegalArgumentException(
          "channelCount: " + format.getChannelCount() + " (expected: 1; mix samples down first)");
    }
    AudioEncoding encoding = known(format.getEncoding());
    int rateHz = format.hasSampleRateHertz() ? format.getSampleRateHertz() : DEFAULT_RATE_HZ;
    return new AudioEncoder(
        encoding,
        encoding == AudioEncoding.AUDIO_ENCODING_OPUS
            ? new OpusPacketEncoder(rateHz, OPUS_FRAME_MICROS, OPUS_BITRATE)
            : null);
  }

  static AudioEncoding known(AudioEncoding encoding) {
    return switch (encoding) {
      case AUDIO_ENCODING_UNSPECIFIED, AUDIO_ENCODING_LINEAR16 ->
          AudioEncoding.AUDIO_ENCODING_LINEAR16;
      case AUDIO_ENCODING_MULAW, AUDIO_ENCODING_ALAW, AUDIO_ENCODING_OPUS -> encoding;
      case UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "encoding: " + encoding + " (expected: LINEAR16, MULAW, ALAW or OPUS)");
    };
  }

  /**
   * Encodes the next samples.
   *
   * @param samples in -1..1, louder ones are clipped; borrowed
   * @param offset index of the first
   * @param length how many
   * @param out is given what is complete: pieces of at most 8192 samples, or Opus packets
   * @throws IndexOutOfBoundsException if the range is not within {@code samples}
   * @throws IllegalStateException after {@link #finish}
   */
  public void encode(float[] samples, int offset, int length, Consumer<ByteString> out) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    if (finished) {
      throw new IllegalStateException("finished (expected: no samples after finish)");
    }
    if (opus != null) {
      gather(opus, samples, offset, length, out);
    } else {
      for (int done = 0; done < length; done += MAX_SAMPLES) {
        int count = Math.min(MAX_SAMPLES, length - done);
        out.accept(UnsafeByteOperations.unsafeWrap(bytes(samples, offset + done, count)));
      }
    }
  }

  /**
   * Ends the stream: gives the last Opus packets, filled up with silence. A second call does
   * nothing.
   */
  public void finish(Consumer<ByteString> out) {
    if (opus != null && !finished && pendingSamples > 0) {
      // as much silence as the encoder looks ahead, so that the last sample comes out
      int samples = pendingSamples + opus.lookaheadSamples();
      int frames = (samples + opus.frameSamples() - 1) / opus.frameSamples();
      float[] rest = Arrays.copyOf(pending, frames * opus.frameSamples());
      Arrays.fill(rest, pendingSamples, rest.length, 0);
      for (int i = 0; i < frames; i++) {
        packet(opus, rest, i * opus.frameSamples(), out);
      }
    }
    finished = true;
  }

  private void gather(
      OpusPacketEncoder encoder,
      float[] samples,
      int offset,
      int length,
      Consumer<ByteString> out) {
    int frame = encoder.frameSamples();
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, frame - pendingSamples);
      System.arraycopy(samples, offset + done, pending, pendingSamples, count);
      pendingSamples += count;
      done += count;
      if (pendingSamples == frame) {
        packet(encoder, pending, 0, out);
        pendingSamples = 0;
      }
    }
  }

  private static void packet(
      OpusPacketEncoder encoder, float[] samples, int offset, Consumer<ByteString> out) {
    out.accept(UnsafeByteOperations.unsafeWrap(encoder.encode(samples, offset)));
  }

  private byte[] bytes(float[] samples, int offset, int length) {
    if (encoding == AudioEncoding.AUDIO_ENCODING_LINEAR16) {
      byte[] pcm = new byte[length * Short.BYTES];
      Pcm16.encode(samples, offset, length, pcm, 0);
      return pcm;
    }
    byte[] codes = new byte[length];
    G711 law = encoding == AudioEncoding.AUDIO_ENCODING_MULAW ? G711.MU_LAW : G711.A_LAW;
    law.encode(samples, offset, length, codes, 0);
    return codes;
  }

  /** Frees the Opus encoder. Idempotent. */
  @Override
  public void close() {
    if (opus != null) {
      opus.close();
    }
  }
}
