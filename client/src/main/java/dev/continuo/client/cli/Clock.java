// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

/** Time, and waiting for it. <i>Thread-safe: implementations may be read from any thread.</i> */
interface Clock {
  /** Nanoseconds since an arbitrary moment. */
  long nanos();

  /**
   * Waits until {@link #nanos} has reached {@code nanos}.
   *
   * @throws InterruptedException if interrupted
   */
  void sleepUntil(long nanos) throws InterruptedException;
}
