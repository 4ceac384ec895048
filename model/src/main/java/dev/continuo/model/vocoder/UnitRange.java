// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

/** The check every stream makes of units it is given. <i>Immutable.</i> */
final class UnitRange {
  private UnitRange() {}

  /**
   * Checks all units before any is taken.
   *
   * @throws IllegalArgumentException if one is not in [0, count)
   */
  static void check(int[] units, int count) {
    for (int i = 0; i < units.length; i++) {
      if (units[i] < 0 || units[i] >= count) {
        throw new IllegalArgumentException(
            "units[" + i + "]: " + units[i] + " (expected: 0 to " + (count - 1) + ")");
      }
    }
  }
}
