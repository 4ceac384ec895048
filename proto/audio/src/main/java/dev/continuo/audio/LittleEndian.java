// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * Little-endian numbers within byte arrays.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class LittleEndian {
  private LittleEndian() {}

  static int u16(byte[] data, int at) {
    return (data[at] & 0xff) | ((data[at + 1] & 0xff) << 8);
  }

  static int i32(byte[] data, int at) {
    return u16(data, at) | (u16(data, at + 2) << 16);
  }

  static long u32(byte[] data, int at) {
    return i32(data, at) & 0xffffffffL;
  }
}
