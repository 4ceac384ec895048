// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.Ticker;

/** Time that only a test moves. */
final class FakeTicker implements Ticker {
  private long nanos;

  @Override
  public long nanos() {
    return nanos;
  }

  void advanceTo(long to) {
    nanos = Math.max(nanos, to);
  }
}
