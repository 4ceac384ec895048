// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import org.jspecify.annotations.Nullable;

/**
 * How one sample of a WAV file is stored. Multi-byte samples are little-endian.
 *
 * <p>Format tags: Microsoft, mmreg.h. <i>Immutable.</i>
 */
enum WavEncoding {
  PCM8(1, 1) {
    @Override
    double sample(byte[] data, int at) {
      return ((data[at] & 0xff) - 128) / 128.0;
    }
  },
  PCM16(1, 2) {
    @Override
    double sample(byte[] data, int at) {
      return (short) LittleEndian.u16(data, at) / 32768.0;
    }
  },
  PCM24(1, 3) {
    @Override
    double sample(byte[] data, int at) {
      return (LittleEndian.u16(data, at) | (data[at + 2] << 16)) / 8388608.0;
    }
  },
  PCM32(1, 4) {
    @Override
    double sample(byte[] data, int at) {
      return LittleEndian.i32(data, at) / 2147483648.0;
    }
  },
  FLOAT32(3, 4) {
    @Override
    double sample(byte[] data, int at) {
      return Float.intBitsToFloat(LittleEndian.i32(data, at));
    }
  },
  FLOAT64(3, 8) {
    @Override
    double sample(byte[] data, int at) {
      long low = LittleEndian.u32(data, at);
      return Double.longBitsToDouble(low | ((long) LittleEndian.i32(data, at + 4) << 32));
    }
  },
  A_LAW(6, 1) {
    @Override
    double sample(byte[] data, int at) {
      return G711.A_LAW.decode(data[at]);
    }
  },
  MU_LAW(7, 1) {
    @Override
    double sample(byte[] data, int at) {
      return G711.MU_LAW.decode(data[at]);
    }
  };

  private final int tag;
  private final int bytes;

  WavEncoding(int tag, int bytes) {
    this.tag = tag;
    this.bytes = bytes;
  }

  /** The encoding of a format tag and container size, or null if there is none. */
  static @Nullable WavEncoding of(int tag, int bits) {
    for (WavEncoding encoding : values()) {
      if (encoding.tag == tag && encoding.bytes * 8 == bits) {
        return encoding;
      }
    }
    return null;
  }

  /** Whether any encoding has this format tag. */
  static boolean knows(int tag) {
    for (WavEncoding encoding : values()) {
      if (encoding.tag == tag) {
        return true;
      }
    }
    return false;
  }

  /** Bytes of one sample. */
  int bytes() {
    return bytes;
  }

  /**
   * One sample, full scale being -1 to 1; what floating-point files hold is given as it is.
   *
   * @param data borrowed
   * @param at index of the sample's first byte
   */
  abstract double sample(byte[] data, int at);
}
