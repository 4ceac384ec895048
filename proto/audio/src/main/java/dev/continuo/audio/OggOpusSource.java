// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Ogg Opus (RFC 7845), mono or stereo, decoded a packet at a time by libopus at 48 kHz.
 *
 * <p>Samples before the pre-skip are dropped, and those behind the last page's granule position.
 * <i>Serialised by the caller.</i>
 */
final class OggOpusSource implements AudioSource {
  private static final byte[] HEAD = "OpusHead".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD_BYTES = 19;
  private static final double GAIN_STEPS_PER_DB = 256;

  private final String name;
  private final OggPackets packets;
  private final OpusPacketDecoder decoder;
  private final float gain;
  private long skip;
  private float[] samples = {};
  private int at;
  private long granule; // of the page before the current packet's
  private long onPage; // samples decoded so far of the current packet's page
  private boolean ended;

  private OggOpusSource(String name, OggPackets packets, int preSkip, int gainSteps) {
    this.name = name;
    this.packets = packets;
    this.skip = preSkip;
    this.gain = (float) Math.pow(10, gainSteps / (20 * GAIN_STEPS_PER_DB));
    this.decoder = new OpusPacketDecoder(LibOpus.MAX_RATE_HZ);
  }

  /**
   * Reads the headers and the first packet.
   *
   * @throws AudioFormatException if they are damaged or ask for what is not read here
   */
  static AudioSource open(InputStream in, String name) throws IOException {
    OggPackets packets = new OggPackets(in, name);
    byte[] head = packets.next();
    if (head == null || head.length < HEAD_BYTES || !Arrays.equals(HEAD, 0, 8, head, 0, 8)) {
      throw new AudioFormatException(name, "is Ogg without Opus in it", "Ogg Opus");
    }
    if ((head[8] & 0xf0) != 0) {
      throw new AudioFormatException(name, "is Ogg Opus of version " + head[8], "version 1");
    }
    int channels = head[9] & 0xff;
    if (head[18] != 0 || channels < 1 || channels > 2) {
      throw new AudioFormatException(
          name, "has " + channels + " channels of mapping " + head[18], "1 or 2 of mapping 0");
    }
    if (packets.next() == null) {
      throw new AudioFormatException(name, "is cut in its header", "Ogg Opus");
    }
    int gain = (short) LittleEndian.u16(head, 16);
    OggOpusSource source = new OggOpusSource(name, packets, LittleEndian.u16(head, 10), gain);
    try {
      source.fill();
      if (source.ended) {
        throw new AudioFormatException(name, "holds no samples", "one or more");
      }
      return source;
    } catch (IOException e) {
      source.decoder.close();
      throw e;
    }
  }

  @Override
  public int sampleRateHz() {
    return LibOpus.MAX_RATE_HZ;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    fill();
    int n = Math.min(length, samples.length - at);
    if (n == 0) {
      return -1;
    }
    System.arraycopy(samples, at, buffer, offset, n);
    at += n;
    return n;
  }

  /** Decodes packets until there are samples or no more packets. */
  private void fill() throws IOException {
    while (at == samples.length && !ended) {
      byte[] packet = packets.next();
      if (packet == null) {
        ended = true;
        return;
      }
      if (packets.startsPage()) {
        granule = Math.max(granule, packets.previousGranule());
        onPage = 0;
      }
      samples = trimmed(decode(packet));
      at = 0;
    }
  }

  private float[] decode(byte[] packet) throws IOException {
    try {
      float[] decoded = decoder.decode(packet);
      for (int i = 0; gain != 1 && i < decoded.length; i++) {
        decoded[i] *= gain;
      }
      return decoded;
    } catch (CodecException e) {
      throw new AudioFormatException(name, "has a damaged packet", "Ogg Opus", e);
    }
  }

  private float[] trimmed(float[] decoded) {
    long end = decoded.length;
    if (packets.lastPage() && packets.granule() >= 0) {
      end = Math.max(0, Math.min(end, packets.granule() - granule - onPage));
    }
    onPage += decoded.length;
    long from = Math.min(skip, end);
    skip -= Math.min(skip, decoded.length);
    return Arrays.copyOfRange(decoded, (int) from, (int) end);
  }

  @Override
  public void close() throws IOException {
    decoder.close();
    packets.close();
  }
}
