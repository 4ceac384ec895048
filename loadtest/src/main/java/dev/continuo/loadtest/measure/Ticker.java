// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/** The run's time. <i>Thread-safe.</i> */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since the run began. */
  long nanos();

  /** The machine's monotonic clock, which reads 0 now. */
  static Ticker system() {
    long start = System.nanoTime();
    return () -> System.nanoTime() - start;
  }
}
