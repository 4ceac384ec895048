// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.util.Arrays;

/**
 * What the {@code fmt } chunk of a WAV file says. <i>Immutable.</i>
 *
 * @param rateHz frames per second, 8000 to 96000
 * @param channels samples of a frame, at least 1
 * @param encoding how a sample is stored
 */
record WavFormat(int rateHz, int channels, WavEncoding encoding) {
  private static final int EXTENSIBLE = 0xfffe;
  private static final int PLAIN_BYTES = 16;
  private static final int EXTENSIBLE_BYTES = 40;

  /** The GUIDs of media subtypes are a format tag followed by these bytes (ksmedia.h). */
  private static final byte[] GUID_TAIL = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
  };

  /** Bytes of one frame, 1 to 65535. */
  int frameBytes() {
    return channels * encoding.bytes();
  }

  /**
   * Reads the content of a {@code fmt } chunk.
   *
   * @param fmt the chunk without its header; borrowed
   * @param name what messages call the file
   * @throws AudioFormatException if it is not a format read here, or contradicts itself
   */
  static WavFormat parse(byte[] fmt, String name) throws AudioFormatException {
    if (fmt.length < PLAIN_BYTES) {
      throw new AudioFormatException(
          name, "fmt chunk of " + fmt.length + " bytes", "at least " + PLAIN_BYTES);
    }
    int channels = LittleEndian.u16(fmt, 2);
    long rateHz = LittleEndian.u32(fmt, 4);
    int blockAlign = LittleEndian.u16(fmt, 12);
    if (channels == 0) {
      throw new AudioFormatException(name, "0 channels", "at least 1");
    }
    if (!SampleRates.allow(rateHz)) {
      throw new AudioFormatException(
          name, "sample rate " + rateHz + " Hz", SampleRates.MIN_HZ + ".." + SampleRates.MAX_HZ);
    }
    WavEncoding encoding = encoding(fmt, name);
    WavFormat format = new WavFormat((int) rateHz, channels, encoding);
    if (blockAlign != format.frameBytes()) {
      throw new AudioFormatException(
          name,
          "block align " + blockAlign + " for " + channels + " channels of " + encoding,
          String.valueOf(format.frameBytes()));
    }
    return format;
  }

  private static WavEncoding encoding(byte[] fmt, String name) throws AudioFormatException {
    int tag = LittleEndian.u16(fmt, 0);
    int bits = LittleEndian.u16(fmt, 14);
    if (tag == EXTENSIBLE) {
      tag = subformat(fmt, bits, name);
    }
    WavEncoding encoding = WavEncoding.of(tag, bits);
    if (encoding != null) {
      return encoding;
    }
    if (WavEncoding.knows(tag)) {
      throw new AudioFormatException(
          name,
          bits + " bits a sample in format " + tag,
          "8, 16, 24 or 32 for PCM, 32 or 64 for float, 8 for mu-law and A-law");
    }
    throw new AudioFormatException(
        name, "WAV format tag " + tag, "1 (PCM), 3 (float), 6 (A-law) or 7 (mu-law)");
  }

  /** The format tag within an extensible format; valid bits sit on top, so their number is moot. */
  private static int subformat(byte[] fmt, int bits, String name) throws AudioFormatException {
    if (fmt.length < EXTENSIBLE_BYTES) {
      throw new AudioFormatException(
          name, "extensible fmt chunk of " + fmt.length + " bytes", "at least " + EXTENSIBLE_BYTES);
    }
    int validBits = LittleEndian.u16(fmt, 18);
    if (validBits > bits) {
      throw new AudioFormatException(name, validBits + " valid bits a sample", "at most " + bits);
    }
    if (!Arrays.equals(fmt, 26, EXTENSIBLE_BYTES, GUID_TAIL, 0, GUID_TAIL.length)) {
      throw new AudioFormatException(
          name, "unknown subformat of an extensible WAV", "PCM, float, mu-law or A-law");
    }
    return LittleEndian.u16(fmt, 24);
  }
}
