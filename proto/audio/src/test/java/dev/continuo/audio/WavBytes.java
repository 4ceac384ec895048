// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds WAV files for tests, right and wrong ones. <i>Serialised by the caller.</i> */
final class WavBytes {
  private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();

  /** A whole file: a fmt chunk and a data chunk. */
  static byte[] file(int tag, int rateHz, int channels, int bits, byte[] data) {
    return new WavBytes()
        .chunk("fmt ", fmt(tag, rateHz, channels, bits, channels * bits / 8))
        .chunk("data", data)
        .riff();
  }

  static byte[] fmt(int tag, long rateHz, int channels, int bits, int blockAlign) {
    return array(
        buffer(16)
            .putShort((short) tag)
            .putShort((short) channels)
            .putInt((int) rateHz)
            .putInt((int) (rateHz * blockAlign))
            .putShort((short) blockAlign)
            .putShort((short) bits));
  }

  /** The extensible form of a fmt chunk. */
  static byte[] extensible(int tag, int rateHz, int channels, int bits, int validBits) {
    ByteBuffer fmt = buffer(40).put(fmt(0xfffe, rateHz, channels, bits, channels * bits / 8));
    fmt.putShort((short) 22).putShort((short) validBits).putInt(0).putShort((short) tag);
    fmt.put(new byte[] {0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38});
    return array(fmt.put((byte) 0x9b).put((byte) 0x71));
  }

  static byte[] pcm16(int... samples) {
    ByteBuffer data = buffer(samples.length * 2);
    Arrays.stream(samples).forEach(sample -> data.putShort((short) sample));
    return array(data);
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  /** Adds a chunk, and the padding of an odd one. */
  WavBytes chunk(String id, byte[] content) {
    chunk(id, content.length, content);
    if (content.length % 2 == 1) {
      chunks.write(0);
    }
    return this;
  }

  /** Adds a chunk that says it is {@code size} bytes long. */
  WavBytes chunk(String id, long size, byte[] content) {
    chunks.writeBytes(id.getBytes(StandardCharsets.US_ASCII));
    chunks.writeBytes(array(buffer(4).putInt((int) size)));
    chunks.writeBytes(content);
    return this;
  }

  byte[] riff() {
    return riff(chunks.size() + 4);
  }

  byte[] riff(long riffSize) {
    return new WavBytes().chunk("RIFF", riffSize, bytes("WAVE")).chunks(chunks).raw();
  }

  private WavBytes chunks(ByteArrayOutputStream more) {
    chunks.writeBytes(more.toByteArray());
    return this;
  }

  private byte[] raw() {
    return chunks.toByteArray();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static AudioSource open(byte[] file) throws IOException {
    return AudioFiles.open(new ByteArrayInputStream(file), "a.wav");
  }

  /** Opens and reads everything. */
  static float[] read(byte[] file) throws IOException {
    try (AudioSource source = open(file)) {
      return readAll(source, 1000);
    }
  }

  /** Reads to the end, {@code step} samples at a time. */
  static float[] readAll(AudioSource source, int step) throws IOException {
    float[] all = new float[step];
    int filled = 0;
    while (true) {
      all = all.length - filled < step ? Arrays.copyOf(all, 2 * all.length + step) : all;
      int n = source.read(all, filled, step);
      if (n < 0) {
        return Arrays.copyOf(all, filled);
      }
      filled += n;
    }
  }
}
