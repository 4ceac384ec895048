// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import com.sun.jna.ptr.PointerByReference;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tomp2p.opuswrapper.Opus;

/**
 * Decodes Opus packets (RFC 6716) to mono; stereo packets are mixed down.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class OpusPacketDecoder implements AutoCloseable {
  private static final int LONGEST_PACKET_BYTES = 1275 * 48 + 1000;

  private final Opus opus = LibOpus.get();
  private final int rateHz;
  private final float[] decoded;
  private @Nullable PointerByReference state;
  private int lastSamples;

  /**
   * A decoder at the start of a stream.
   *
   * @param rateHz of the samples: 8000, 12000, 16000, 24000 or 48000
   * @throws IllegalArgumentException if Opus does not know the rate
   * @throws IllegalStateException if there is no libopus for this platform
   */
  public OpusPacketDecoder(int rateHz) {
    LibOpus.checkRate(rateHz);
    this.rateHz = rateHz;
    this.decoded = new float[LibOpus.longestPacket(rateHz)];
    this.lastSamples = rateHz / 50;
    IntBuffer error = IntBuffer.allocate(1);
    this.state = opus.opus_decoder_create(rateHz, 1, error);
    if (error.get(0) != Opus.OPUS_OK) {
      throw new IllegalStateException("Opus: " + opus.opus_strerror(error.get(0)));
    }
  }

  /**
   * Decodes one packet.
   *
   * @param packet of 2.5 to 120 ms; borrowed
   * @return its samples in -1..1, owned by the caller
   * @throws CodecException if it is no Opus packet; the decoder can go on with the next
   * @throws IllegalStateException after {@link #close}
   */
  public float[] decode(byte[] packet) throws CodecException {
    if (packet.length == 0) {
      return conceal(lastSamples);
    }
    if (packet.length > LONGEST_PACKET_BYTES) {
      throw new CodecException(
          "Opus: a packet of "
              + packet.length
              + " bytes (expected: at most "
              + LONGEST_PACKET_BYTES
              + ")");
    }
    return run(packet, packet.length, decoded.length);
  }

  /**
   * Makes up samples for a lost packet from what came before.
   *
   * @param samples a multiple of 2.5 ms, at most 120 ms; the length of the lost packet
   * @throws IllegalArgumentException if {@code samples} is not
   * @throws IllegalStateException after {@link #close}
   */
  public float[] conceal(int samples) throws CodecException {
    if (samples <= 0 || samples > decoded.length || samples % (rateHz / 400) != 0) {
      throw new IllegalArgumentException(
          "samples: "
              + samples
              + " (expected: a multiple of "
              + rateHz / 400
              + ", at most "
              + decoded.length
              + ")");
    }
    return run(null, 0, samples);
  }

  /** Samples of the last packet: what {@link #conceal} should make up if the next one is lost. */
  public int lastSamples() {
    return lastSamples;
  }

  private float[] run(byte @Nullable [] packet, int bytes, int most) throws CodecException {
    PointerByReference open = state;
    if (open == null) {
      throw new IllegalStateException("decoder is closed");
    }
    int n = opus.opus_decode_float(open, packet, bytes, FloatBuffer.wrap(decoded), most, 0);
    if (n < 0) {
      throw new CodecException("Opus: " + opus.opus_strerror(n) + " (expected: an Opus packet)");
    }
    lastSamples = n;
    return Arrays.copyOf(decoded, n);
  }

  /** Frees the decoder. Idempotent. */
  @Override
  public void close() {
    if (state != null) {
      opus.opus_decoder_destroy(state);
      state = null;
    }
  }
}
