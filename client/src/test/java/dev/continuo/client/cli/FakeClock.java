// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Time that passes by waiting for it, and by a microsecond at each look.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FakeClock implements Clock {
  static final long START_NANOS = 5_000_000_000L;

  /** Moments that were waited for. */
  final List<Long> alarms = new ArrayList<>();

  private long nanos = START_NANOS;

  @Override
  public long nanos() {
    nanos += 1000;
    return nanos;
  }

  @Override
  public void sleepUntil(long until) {
    alarms.add(until);
    nanos = Math.max(nanos, until);
  }

  /** Lets time pass. */
  void pass(long forNanos) {
    nanos += forNanos;
  }
}
