// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import java.util.concurrent.locks.LockSupport;

/** The machine's monotonic clock. <i>Thread-safe: holds no state.</i> */
final class SystemClock implements Clock {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void sleepUntil(long nanos) throws InterruptedException {
    for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
