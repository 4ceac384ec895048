// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LengthsTest {
  @ParameterizedTest
  @ValueSource(strings = {"2.5", "uniform:1.0,4.0", "exponential:2.5", "lognormal:2.0,0.5"})
  void drawsHaveTheMeanThatIsPromised(String text) {
    Lengths lengths = Lengths.parse(text);
    SplittableRandom random = new SplittableRandom(3);
    double sum = 0;
    for (int i = 0; i < 40_000; i++) {
      sum += lengths.draw(random);
    }
    assertThat(sum / 40_000).isCloseTo(lengths.mean(), within(0.05));
    assertThat(lengths).hasToString(text);
  }

  @Test
  void aUniformLengthStaysWithinItsEnds() {
    Lengths lengths = Lengths.parse("uniform:1,2");
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1000; i++) {
      assertThat(lengths.draw(random)).isBetween(1.0, 2.0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "-1",
        "1,2",
        "uniform:1",
        "uniform:2,1",
        "exponential:1,2",
        "normal:1,2",
        "1.2.3",
        "3601",
        "lognormal:1"
      })
  void whatIsNoLengthIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> Lengths.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(text + " (expected: " + Lengths.SYNTAX);
  }
}
