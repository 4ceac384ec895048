// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import org.jspecify.annotations.Nullable;

/**
 * Where metrics and health are served. <i>Immutable.</i>
 *
 * @param port 0 for a free one, {@link #OFF} for none
 * @param given whether somebody asked for it: one that was not asked for may be missing
 */
record HttpPort(int port, boolean given) {
  static final int OFF = -1;
  private static final int DEFAULT = 8080;
  private static final int LAST = 65_535;

  /**
   * What an option says.
   *
   * @throws IllegalArgumentException naming it
   */
  static HttpPort of(@Nullable String option) {
    if (option == null) {
      return new HttpPort(DEFAULT, false);
    }
    if (option.equals("off")) {
      return new HttpPort(OFF, true);
    }
    try {
      int port = Integer.parseInt(option);
      if (port >= 0 && port <= LAST) {
        return new HttpPort(port, true);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "http-port: " + option + " (expected: 0 to " + LAST + ", or off)");
  }
}
