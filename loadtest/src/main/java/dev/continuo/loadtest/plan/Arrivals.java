// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import java.util.PrimitiveIterator;
import java.util.SplittableRandom;

/**
 * When sessions arrive in an open loop: at intended times that do not depend on how the server
 * does.
 *
 * <p>A process of rate 1 is drawn in a time of its own and mapped to real time through the inverse
 * of the expected number of arrivals, so that every pattern can be ramped. <i>Immutable.</i>
 *
 * @param pattern how arrivals lie to each other
 * @param ratePerSecond sessions a second once the ramp is over, above 0
 * @param burstSessions sessions that arrive at once, 1 or more; of use to {@link Pattern#BURSTS}
 *     only
 * @param rampNanos time over which the rate grows linearly from 0, 0 or more
 */
public record Arrivals(Pattern pattern, double ratePerSecond, int burstSessions, long rampNanos) {
  private static final double NANOS_PER_SECOND = 1e9;

  /** How arrivals lie to each other. */
  public enum Pattern {
    /** At equal distances. */
    CONSTANT,
    /** Independent of each other: distances are exponentially distributed. */
    POISSON,
    /** Several at once, at equal distances. */
    BURSTS
  }

  /** Checks the values. */
  public Arrivals {
    if (!(ratePerSecond > 0) || ratePerSecond > 1e6) {
      throw new IllegalArgumentException(
          "ratePerSecond: " + ratePerSecond + " (expected: above 0, at most 1000000)");
    }
    if (burstSessions < 1) {
      throw new IllegalArgumentException(
          "burstSessions: " + burstSessions + " (expected: 1 or more)");
    }
    if (rampNanos < 0) {
      throw new IllegalArgumentException("rampNanos: " + rampNanos + " (expected: 0 or more)");
    }
  }

  /**
   * The intended times, endless and ascending.
   *
   * @return nanoseconds from the start of the run
   */
  public PrimitiveIterator.OfLong times(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new PrimitiveIterator.OfLong() {
      private long index;
      private double expected;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public long nextLong() {
        expected =
            switch (pattern) {
              case CONSTANT -> index;
              case POISSON -> expected + random.nextExponential();
              case BURSTS -> index - index % burstSessions;
            };
        index++;
        return timeNanos(expected);
      }
    };
  }

  /** When that many arrivals are expected to have happened. */
  private long timeNanos(double arrivals) {
    double rampSeconds = rampNanos / NANOS_PER_SECOND;
    double rampArrivals = ratePerSecond * rampSeconds / 2;
    double seconds =
        arrivals < rampArrivals
            ? Math.sqrt(2 * arrivals * rampSeconds / ratePerSecond)
            : rampSeconds + (arrivals - rampArrivals) / ratePerSecond;
    return (long) (seconds * NANOS_PER_SECOND);
  }
}
