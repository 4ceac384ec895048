// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.measure.Distributions;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * How late the driver itself is.
 *
 * <p><i>Thread-safe for one writer, the pacer's thread, and one reader.</i>
 */
final class Lateness {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long NANOS_PER_MICRO = 1000;

  private final SingleWriterRecorder recorder = new SingleWriterRecorder(SIGNIFICANT_DIGITS);

  /** Something was done that much after its time. */
  void record(long lateNanos) {
    recorder.recordValue(Math.max(0, lateNanos / NANOS_PER_MICRO));
  }

  /** Microseconds recorded since the last call. */
  Histogram take() {
    Histogram copy = Distributions.histogram();
    copy.add(recorder.getIntervalHistogram());
    return copy;
  }
}
