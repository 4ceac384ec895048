// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * The two companding laws of ITU-T G.711: a sample in a byte.
 *
 * <p><i>Immutable.</i>
 */
public enum G711 {
  /** North America and Japan; 14 bits of range. */
  MU_LAW {
    @Override
    int expand(int code) {
      int inverted = ~code;
      int magnitude = ((((inverted & 15) << 3) | BIAS) << ((inverted >> 4) & 7)) - BIAS;
      return (inverted & 0x80) == 0 ? magnitude : -magnitude;
    }

    @Override
    int compress(int pcm) {
      int magnitude = Math.min(Math.abs(pcm), MU_CLIP) + BIAS;
      int segment = 24 - Integer.numberOfLeadingZeros(magnitude);
      int code = (segment << 4) | ((magnitude >> (segment + 3)) & 15);
      return ~(pcm < 0 ? code | 0x80 : code);
    }
  },

  /** Europe and the rest; 13 bits of range. */
  A_LAW {
    @Override
    int expand(int code) {
      int toggled = code ^ 0x55;
      int segment = (toggled >> 4) & 7;
      int step = ((toggled & 15) << 4) | 8;
      int magnitude = segment == 0 ? step : (step | 0x100) << (segment - 1);
      return (toggled & 0x80) == 0 ? -magnitude : magnitude;
    }

    @Override
    int compress(int pcm) {
      int magnitude = Math.min(pcm < 0 ? -pcm - 1 : pcm, Short.MAX_VALUE);
      int segment = Math.max(0, 24 - Integer.numberOfLeadingZeros(magnitude));
      int code = (segment << 4) | ((magnitude >> Math.max(4, segment + 3)) & 15);
      return (pcm < 0 ? code : code | 0x80) ^ 0x55;
    }
  };

  private static final int BIAS = 0x84;
  private static final int MU_CLIP = 32635;
  private static final float FULL_SCALE = 32768;

  @SuppressWarnings("ImmutableEnumChecker") // filled once, never handed out
  private final float[] decoded = new float[256];

  G711() {
    for (int code = 0; code < decoded.length; code++) {
      decoded[code] = expand(code) / FULL_SCALE;
    }
  }

  abstract int expand(int code);

  abstract int compress(int pcm);

  /** The sample a byte stands for, in -1..1. */
  public float decode(byte code) {
    return decoded[code & 0xff];
  }

  /** The byte for a sample in -1..1; louder ones are clipped. Not a number counts as silence. */
  public byte encode(float sample) {
    int pcm = Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE);
    return (byte) compress(Math.min(pcm, Short.MAX_VALUE));
  }

  /** Decodes {@code length} bytes to samples. */
  public void decode(byte[] codes, int offset, int length, float[] samples, int at) {
    for (int i = 0; i < length; i++) {
      samples[at + i] = decode(codes[offset + i]);
    }
  }

  /** Encodes {@code length} samples to bytes. */
  public void encode(float[] samples, int offset, int length, byte[] codes, int at) {
    for (int i = 0; i < length; i++) {
      codes[at + i] = encode(samples[offset + i]);
    }
  }
}
