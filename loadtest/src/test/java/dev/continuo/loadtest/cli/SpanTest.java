// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {
  @ParameterizedTest
  @CsvSource({
    "60s, 60000000000",
    "60, 60000000000",
    "500ms, 500000000",
    "2m, 120000000000",
    "1.5h, 5400000000000",
    "0s, 0"
  })
  void readsTimesAsPeopleWriteThem(String text, long nanos) {
    assertThat(Span.nanos(text)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "5 s", "-1s", "1d", "25h", "1e3s", "5sec"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Span.nanos(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " (expected: " + Span.SYNTAX + ")");
  }
}
