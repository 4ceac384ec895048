// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tomp2p.opuswrapper.Opus;

/**
 * Encodes mono speech to Opus packets (RFC 6716) of one length.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class OpusPacketEncoder implements AutoCloseable {
  private static final int PACKET_BYTES = 4000;

  private final Opus opus = LibOpus.get();
  private final ByteBuffer packet = ByteBuffer.allocate(PACKET_BYTES);
  private final int frameSamples;
  private final int lookaheadSamples;
  private @Nullable PointerByReference state;

  /**
   * An encoder at the start of a stream.
   *
   * @param rateHz of the samples: 8000, 12000, 16000, 24000 or 48000
   * @param frameMicros length of a packet in microseconds: 2500, 5000, 10000, 20000, 40000 or 60000
   * @param bitrate in bits a second, 500 to 512000
   * @throws IllegalArgumentException if a value is none of these
   * @throws IllegalStateException if there is no libopus for this platform
   */
  public OpusPacketEncoder(int rateHz, int frameMicros, int bitrate) {
    LibOpus.checkRate(rateHz);
    switch (frameMicros) {
      case 2_500, 5_000, 10_000, 20_000, 40_000, 60_000 -> {}
      default ->
          throw new IllegalArgumentException(
              "frameMicros: "
                  + frameMicros
                  + " (expected: 2500, 5000, 10000, 20000, 40000 or 60000)");
    }
    if (bitrate < 500 || bitrate > 512_000) {
      throw new IllegalArgumentException("bitrate: " + bitrate + " (expected: 500 to 512000)");
    }
    this.frameSamples = (int) ((long) rateHz * frameMicros / 1_000_000);
    IntBuffer error = IntBuffer.allocate(1);
    PointerByReference created =
        opus.opus_encoder_create(rateHz, 1, Opus.OPUS_APPLICATION_VOIP, error);
    check(error.get(0));
    this.state = created;
    check(opus.opus_encoder_ctl(created, Opus.OPUS_SET_BITRATE_REQUEST, bitrate));
    IntByReference lookahead = new IntByReference();
    check(opus.opus_encoder_ctl(created, Opus.OPUS_GET_LOOKAHEAD_REQUEST, lookahead));
    this.lookaheadSamples = lookahead.getValue();
  }

  private void check(int code) {
    if (code < 0) {
      throw new IllegalStateException("Opus: " + opus.opus_strerror(code));
    }
  }

  /** Samples of a packet. */
  public int frameSamples() {
    return frameSamples;
  }

  /** Samples by which decoded audio lags behind: what a receiver drops at the start. */
  public int lookaheadSamples() {
    return lookaheadSamples;
  }

  /**
   * Encodes the next packet.
   *
   * @param samples in -1..1; {@link #frameSamples()} of them are read; borrowed
   * @param offset index of the first
   * @return the packet, owned by the caller
   * @throws IndexOutOfBoundsException if there are fewer samples
   * @throws IllegalStateException after {@link #close}
   */
  public byte[] encode(float[] samples, int offset) {
    Objects.checkFromIndexSize(offset, frameSamples, samples.length);
    PointerByReference open = state;
    if (open == null) {
      throw new IllegalStateException("encoder is closed");
    }
    float[] frame = Arrays.copyOfRange(samples, offset, offset + frameSamples);
    packet.clear();
    int bytes = opus.opus_encode_float(open, frame, frameSamples, packet, PACKET_BYTES);
    check(bytes);
    return Arrays.copyOf(packet.array(), bytes);
  }

  /** Frees the encoder. Idempotent. */
  @Override
  public void close() {
    if (state != null) {
      opus.opus_encoder_destroy(state);
      state = null;
    }
  }
}
