// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import club.minnced.opus.util.OpusLibrary;
import java.io.IOException;
import tomp2p.opuswrapper.Opus;

/**
 * The native libopus, unpacked and loaded on first use.
 *
 * <p><i>Thread-safe: loaded once.</i>
 */
final class LibOpus {
  /** Most samples a second that Opus knows; its packets are counted in these. */
  static final int MAX_RATE_HZ = 48_000;

  private static final int LONGEST_PACKET_MILLIS = 120;

  private LibOpus() {}

  /**
   * The library.
   *
   * @throws IllegalStateException if there is none for this platform
   */
  static Opus get() {
    return Holder.OPUS;
  }

  /** Most samples that one packet can hold at a rate. */
  static int longestPacket(int rateHz) {
    return rateHz / 1000 * LONGEST_PACKET_MILLIS;
  }

  /**
   * Checks a rate.
   *
   * @throws IllegalArgumentException if Opus does not know it
   */
  static void checkRate(int rateHz) {
    switch (rateHz) {
      case 8_000, 12_000, 16_000, 24_000, 48_000 -> {}
      default ->
          throw new IllegalArgumentException(
              "rateHz: " + rateHz + " (expected: 8000, 12000, 16000, 24000 or 48000)");
    }
  }

  private static final class Holder {
    static final Opus OPUS = load();

    private static Opus load() {
      try {
        OpusLibrary.loadFromJar();
        return Opus.INSTANCE;
      } catch (IOException | UnsupportedOperationException | LinkageError e) {
        throw new IllegalStateException(
            "Opus: no native library for "
                + System.getProperty("os.name")
                + " on "
                + System.getProperty("os.arch")
                + " (expected: one of "
                + OpusLibrary.getSupportedPlatforms()
                + ")",
            e);
      }
    }
  }
}
