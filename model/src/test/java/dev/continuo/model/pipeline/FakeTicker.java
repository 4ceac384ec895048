// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

/** A clock that adds a fixed step at each reading. */
final class FakeTicker implements Ticker {
  private final long stepNanos;
  private long nowNanos;
  private long readings;

  FakeTicker(long stepNanos) {
    this.stepNanos = stepNanos;
  }

  @Override
  public long nanos() {
    readings++;
    nowNanos += stepNanos;
    return nowNanos;
  }

  /** Moves the clock without a reading. */
  void advance(long nanos) {
    nowNanos += nanos;
  }

  /** The time of the latest reading. */
  long nowNanos() {
    return nowNanos;
  }

  /** How often it was read. */
  long readings() {
    return readings;
  }
}
