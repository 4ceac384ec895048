// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

/**
 * A clock that only moves forward; its zero means nothing.
 *
 * <p><i>Thread-safe: implementations may be read from any thread.</i>
 */
@FunctionalInterface
public interface Ticker {

  /** Nanoseconds since an arbitrary moment. */
  long nanos();

  /** The machine's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
