// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * The sample rates that audio may have here.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class SampleRates {
  static final int MIN_HZ = 8000;
  static final int MAX_HZ = 96000;

  private SampleRates() {}

  static boolean allow(long rateHz) {
    return rateHz >= MIN_HZ && rateHz <= MAX_HZ;
  }

  /**
   * @return the rate
   * @throws IllegalArgumentException if it is out of range
   */
  static int require(String name, int rateHz) {
    if (!allow(rateHz)) {
      throw new IllegalArgumentException(
          name + ": " + rateHz + " (expected: " + MIN_HZ + ".." + MAX_HZ + ")");
    }
    return rateHz;
  }
}
