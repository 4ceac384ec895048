// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import java.io.Closeable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The microphones of a machine. <i>Serialised by the caller.</i> */
interface Microphones {
  /** What they are called, the default one first; empty where there are none. */
  List<String> names();

  /**
   * Takes hold of one.
   *
   * @param name its name or a part of it; null for the default one
   * @param rateHz samples per second, one channel
   * @throws InputException if it is in use or does not know the rate
   * @throws IllegalArgumentException if there is none of the name
   */
  Microphone open(@Nullable String name, int rateHz);

  /** One that is open. <i>Serialised by the caller.</i> */
  interface Microphone extends Closeable {
    /** What it is called. */
    String name();

    /** Begins to listen. */
    void start();

    /**
     * Waits for samples.
     *
     * @param pcm16 filled in full, little endian
     * @return bytes read: fewer than its length only if the device has gone
     */
    int read(byte[] pcm16);

    @Override
    void close();
  }
}
