// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.PrimitiveIterator;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final long SECOND = 1_000_000_000L;

  private static long[] take(Arrivals arrivals, int count, long seed) {
    PrimitiveIterator.OfLong times = arrivals.times(seed);
    long[] taken = new long[count];
    for (int i = 0; i < count; i++) {
      taken[i] = times.nextLong();
    }
    return taken;
  }

  private static Arrivals arrivals(Arrivals.Pattern pattern, double rate, int burst, long ramp) {
    return new Arrivals(pattern, rate, burst, ramp);
  }

  @Test
  void constantArrivalsLieAtEqualDistances() {
    assertThat(take(arrivals(Arrivals.Pattern.CONSTANT, 4, 1, 0), 5, 1))
        .containsExactly(0, SECOND / 4, SECOND / 2, 3 * SECOND / 4, SECOND);
  }

  @Test
  void poissonDistancesHaveTheMeanAndTheSpreadOfAnExponential() {
    int count = 20_000;
    long[] times = take(arrivals(Arrivals.Pattern.POISSON, 10, 1, 0), count, 7);
    double mean = (double) times[count - 1] / count / SECOND;
    double square = 0;
    for (int i = 1; i < count; i++) {
      double gap = (double) (times[i] - times[i - 1]) / SECOND;
      square += (gap - mean) * (gap - mean);
    }
    assertThat(mean).isCloseTo(0.1, within(0.003));
    assertThat(Math.sqrt(square / count)).isCloseTo(0.1, within(0.005));
  }

  @Test
  void burstsComeTogetherAndKeepTheRate() {
    assertThat(take(arrivals(Arrivals.Pattern.BURSTS, 2, 3, 0), 7, 1))
        .containsExactly(0, 0, 0, 3 * SECOND / 2, 3 * SECOND / 2, 3 * SECOND / 2, 3 * SECOND);
  }

  @Test
  void aRampHasHalfTheArrivalsAndThenTheFullRate() {
    long[] times = take(arrivals(Arrivals.Pattern.CONSTANT, 10, 1, 4 * SECOND), 40, 1);
    assertThat(times).isSorted();
    assertThat(times[5]).as("5 = rate / ramp / 2 x 2 s squared").isEqualTo(2 * SECOND);
    assertThat(times[20]).isEqualTo(4 * SECOND);
    assertThat(times[30]).isEqualTo(5 * SECOND);
  }

  @Test
  void theSameSeedGivesTheSameTimes() {
    Arrivals poisson = arrivals(Arrivals.Pattern.POISSON, 3, 1, SECOND);
    assertThat(take(poisson, 50, 5))
        .isEqualTo(take(poisson, 50, 5))
        .isNotEqualTo(take(poisson, 50, 6));
  }

  @Test
  void refusesRatesThatMakeNoSense() {
    assertThatThrownBy(() -> arrivals(Arrivals.Pattern.CONSTANT, 0, 1, 0))
        .hasMessage("ratePerSecond: 0.0 (expected: above 0, at most 1000000)");
    assertThatThrownBy(() -> arrivals(Arrivals.Pattern.BURSTS, 1, 0, 0))
        .hasMessage("burstSessions: 0 (expected: 1 or more)");
  }
}
