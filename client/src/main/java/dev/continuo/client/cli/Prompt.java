// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import java.io.Closeable;
import java.io.IOException;

/**
 * Speech in real time, packet by packet.
 *
 * <p><i>Serialised by the caller.</i>
 */
interface Prompt extends Closeable {
  /** Packets a second: 20 ms each. */
  int PACKETS_PER_SECOND = 50;

  /** What messages call it. */
  String name();

  /** Sample rate in Hz. */
  int rateHz();

  /**
   * Waits until the next packet is spoken. The first call begins.
   *
   * @param packet filled from its start; {@link #rateHz} / {@link #PACKETS_PER_SECOND} samples
   * @return samples of it, at least 1; -1 at the end
   * @throws IOException if it cannot be read
   * @throws InterruptedException if interrupted
   */
  int read(float[] packet) throws IOException, InterruptedException;

  /** When the last sample was spoken, on the caller's clock. */
  long spokenNanos();
}
