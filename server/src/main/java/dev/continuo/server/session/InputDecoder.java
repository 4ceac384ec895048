// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.ByteString;
import dev.continuo.audio.CodecException;
import dev.continuo.audio.G711;
import dev.continuo.audio.OpusPacketDecoder;
import dev.continuo.audio.Pcm16;
import dev.continuo.v1.AudioChunk;
import dev.continuo.wire.Reasons;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client's chunks as mono samples; what its sequence numbers show to be lost is concealed.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class InputDecoder implements AutoCloseable {
  private final AudioKind kind;
  private final long maxSamples;
  private final @Nullable OpusPacketDecoder opus;
  private long nextNumber;
  private long samples;

  /**
   * A decoder at the start of a stream.
   *
   * @param maxSamples most samples taken in all
   */
  public InputDecoder(AudioKind kind, long maxSamples) {
    this.kind = kind;
    this.maxSamples = maxSamples;
    this.opus = kind.isOpus() ? new OpusPacketDecoder(kind.rateHz()) : null;
  }

  /** Samples of each channel decoded and concealed so far, at the input rate. */
  public long samples() {
    return samples;
  }

  /**
   * Decodes a chunk, and what was lost before it.
   *
   * @return mono samples, owned by the caller
   * @throws SessionFailure if the chunk cannot be decoded, its number does not grow or there are
   *     too many samples
   */
  public float[] decode(AudioChunk chunk) {
    long lost = lost(chunk);
    float[] decoded =
        opus == null ? uncompressed(chunk.getData(), lost) : packets(opus, chunk.getData(), lost);
    if (decoded.length > maxSamples - samples) {
      throw tooLong();
    }
    samples += decoded.length;
    return decoded;
  }

  private long lost(AudioChunk chunk) {
    long number = chunk.hasSequenceNumber() ? chunk.getSequenceNumber() : nextNumber;
    if (number < nextNumber) { // a number of 2^63 and more is below 0 here, and no client's
      throw SessionFailure.ofField(
          Reasons.INVALID_AUDIO,
          "audio.sequence_number",
          Long.toUnsignedString(number) + " (expected: " + nextNumber + " or a little more)");
    }
    long lost = number - nextNumber;
    nextNumber = number + 1;
    return lost;
  }

  private float[] uncompressed(ByteString data, long lost) {
    int frameBytes = kind.sampleBytes() * kind.channels();
    if (data.size() % frameBytes != 0) {
      throw SessionFailure.ofField(
          Reasons.INVALID_AUDIO,
          "audio.data",
          data.size() + " bytes (expected: whole samples, a multiple of " + frameBytes + ")");
    }
    int length = data.size() / frameBytes;
    int silent = gap(lost, length);
    float[] interleaved = new float[length * kind.channels()];
    byte[] bytes = data.toByteArray();
    switch (kind.encoding()) {
      case AUDIO_ENCODING_MULAW -> G711.MU_LAW.decode(bytes, 0, bytes.length, interleaved, 0);
      case AUDIO_ENCODING_ALAW -> G711.A_LAW.decode(bytes, 0, bytes.length, interleaved, 0);
      default -> Pcm16.decode(bytes, 0, interleaved.length, interleaved, 0);
    }
    if (kind.channels() == 1 && silent == 0) {
      return interleaved;
    }
    float[] mono = new float[silent + length];
    for (int i = 0; i < length; i++) {
      mono[silent + i] =
          kind.channels() == 1 ? interleaved[i] : (interleaved[2 * i] + interleaved[2 * i + 1]) / 2;
    }
    return mono;
  }

  private float[] packets(OpusPacketDecoder decoder, ByteString data, long lost) {
    int gap = gap(lost, decoder.lastSamples());
    float[] all = new float[gap];
    try {
      for (int at = 0; at < gap; at += decoder.lastSamples()) {
        float[] made = decoder.conceal(decoder.lastSamples());
        System.arraycopy(made, 0, all, at, made.length);
      }
      float[] decoded = decoder.decode(data.toByteArray());
      float[] joined = Arrays.copyOf(all, gap + decoded.length);
      System.arraycopy(decoded, 0, joined, gap, decoded.length);
      return joined;
    } catch (CodecException e) {
      String what = String.valueOf(e.getMessage());
      throw SessionFailure.ofField(Reasons.INVALID_AUDIO, "audio.data", what);
    }
  }

  /** Samples of {@code lost} chunks, if there is room for them. */
  private int gap(long lost, int chunkSamples) {
    if (chunkSamples > 0 && lost > (maxSamples - samples) / chunkSamples) {
      throw tooLong();
    }
    return Math.toIntExact(lost * chunkSamples);
  }

  private SessionFailure tooLong() {
    return SessionFailure.ofField(
        Reasons.AUDIO_TOO_LONG,
        "audio",
        "more than %.1f s in all (expected: at most that)"
            .formatted((double) maxSamples / kind.rateHz()));
  }

  @Override
  public void close() {
    if (opus != null) {
      opus.close();
    }
  }
}
