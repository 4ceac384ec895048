// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine left a thread waiting that had work to do: what nothing measured here can
 * be more exact than.
 */
final class Hiccups implements AutoCloseable {
  private static final long STEP_NANOS = 1_000_000L;

  private final Thread thread = new Thread(this::watch, "hiccups");
  private volatile long longestNanos;
  private volatile boolean closed;

  Hiccups() {
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(STEP_NANOS);
      long now = System.nanoTime();
      longestNanos = Math.max(longestNanos, now - last - STEP_NANOS);
      last = now;
    }
  }

  double longestMillis() {
    return longestNanos / 1e6;
  }

  @Override
  public void close() {
    closed = true;
  }
}
