// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * What each byte of the two companding laws of ITU-T G.711 stands for, full scale being -1 to 1.
 *
 * <p><i>Immutable.</i>
 */
final class G711Table {
  static final float[] A_LAW = new float[256];
  static final float[] MU_LAW = new float[256];

  static {
    for (int i = 0; i < 256; i++) {
      A_LAW[i] = aLaw(i ^ 0x55) / 32768f;
      MU_LAW[i] = muLaw(~i) / 32768f;
    }
  }

  private G711Table() {}

  private static int aLaw(int code) {
    int segment = (code >> 4) & 7;
    int step = ((code & 15) << 4) | 8;
    int magnitude = segment == 0 ? step : (step | 0x100) << (segment - 1);
    return (code & 0x80) == 0 ? -magnitude : magnitude;
  }

  private static int muLaw(int code) {
    int magnitude = ((((code & 15) << 3) | 0x84) << ((code >> 4) & 7)) - 0x84;
    return (code & 0x80) == 0 ? magnitude : -magnitude;
  }
}
