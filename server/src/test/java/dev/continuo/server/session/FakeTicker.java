// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Ticker;

/** A clock that stands until it is moved. */
final class FakeTicker implements Ticker {
  private long nanos = 1_000_000_000L;

  @Override
  public long nanos() {
    return nanos;
  }

  void advanceMillis(long millis) {
    nanos += millis * 1_000_000;
  }
}
