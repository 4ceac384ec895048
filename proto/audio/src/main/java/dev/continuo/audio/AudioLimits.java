// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * Limits of all audio that is read.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class AudioLimits {
  static final int MIN_RATE_HZ = 8_000;
  static final int MAX_RATE_HZ = 96_000;

  private AudioLimits() {}

  static void checkRate(String name, long rateHz) throws AudioFormatException {
    if (rateHz < MIN_RATE_HZ || rateHz > MAX_RATE_HZ) {
      throw new AudioFormatException(
          name, "sample rate " + rateHz + " Hz", MIN_RATE_HZ + ".." + MAX_RATE_HZ);
    }
  }
}
