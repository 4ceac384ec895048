// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import dev.continuo.model.InputException;
import java.nio.file.Path;

/**
 * A quantity that several files state and that must be the same in all of them.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Agreement {
  private static final double RELATIVE_TOLERANCE = 1e-9;

  private final String quantity;
  private double agreed;
  private String source = "";

  /** Nothing stated yet of a quantity such as {@code units}. */
  Agreement(String quantity) {
    this.quantity = quantity;
  }

  /**
   * Adds what one file says.
   *
   * @param file the file
   * @param key where in the file
   * @throws InputException naming both values and files if an earlier one said otherwise
   */
  Agreement claim(double value, Path file, String key) {
    String claimant = file + ": " + key;
    if (source.isEmpty()) {
      agreed = value;
      source = claimant;
    } else if (Math.abs(value - agreed) > RELATIVE_TOLERANCE * Math.abs(agreed)) {
      throw new InputException(
          String.format(
              "%s: %s (expected: %s %s, as in %s)",
              claimant, shown(value), shown(agreed), quantity, source));
    }
    return this;
  }

  /** What all agree on. */
  double value() {
    if (source.isEmpty()) {
      throw new IllegalStateException("nobody stated the number of " + quantity);
    }
    return agreed;
  }

  /** The same where it is a count. */
  int count() {
    return Math.toIntExact(Math.round(value()));
  }

  private static String shown(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
