// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.pipeline.LiveContinuation;
import java.util.concurrent.TimeUnit;

/** The machine's clock. <i>Immutable.</i> */
final class SystemClock implements LiveContinuation.Clock {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void sleepUntil(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
  }
}
