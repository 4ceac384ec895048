// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * Samples as 16-bit little-endian integers, 32768 being full scale.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
public final class Pcm16 {
  private static final float FULL_SCALE = 32768;

  private Pcm16() {}

  /** The nearest integer of a sample; beyond full scale it is clipped, not a number gives 0. */
  public static short encode(float sample) {
    return (short)
        Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample * FULL_SCALE)));
  }

  /** The sample an integer stands for. */
  public static float decode(short value) {
    return value / FULL_SCALE;
  }

  /**
   * Decodes {@code length} samples from twice as many bytes.
   *
   * @param at index in {@code samples} of the first
   */
  public static void decode(byte[] bytes, int offset, int length, float[] samples, int at) {
    for (int i = 0; i < length; i++) {
      samples[at + i] = decode((short) LittleEndian.u16(bytes, offset + 2 * i));
    }
  }

  /**
   * Encodes {@code length} samples to twice as many bytes.
   *
   * @param at index in {@code bytes} of the first
   */
  public static void encode(float[] samples, int offset, int length, byte[] bytes, int at) {
    for (int i = 0; i < length; i++) {
      short value = encode(samples[offset + i]);
      bytes[at + 2 * i] = (byte) value;
      bytes[at + 2 * i + 1] = (byte) (value >> 8);
    }
  }
}
