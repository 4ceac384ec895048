// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ThresholdTest {
  private static final JsonNode EMPTY = ReportJson.empty();
  private static final JsonNode REPORT =
      ReportJson.JSON.readTree(
          """
          {"valid": true, "sessions": {"failed": 2}, "continuity_share": 0.985,
           "first_audio_ms": {"p95": 301.5, "p99": null}, "errors": {"UNAVAILABLE": 2}}
          """);

  @ParameterizedTest
  @CsvSource({
    "first_audio_ms.p95>300, true",
    "first_audio_ms.p95>301.5, false",
    "first_audio_ms.p95>=301.5, true",
    "first_audio_ms.p95<400, true",
    "first_audio_ms.p95<=301, false",
    "sessions.failed==2, true",
    "sessions.failed!=2, false",
    "continuity_share<0.99, true",
    "valid==0, false",
    "errors.UNAVAILABLE>1, true",
    "errors.INTERNAL>0, false",
    "errors.RESOURCE_EXHAUSTED:TOO_MANY_SESSIONS>0, false"
  })
  void failsWhereTheConditionHolds(String text, boolean fails) {
    assertThat(Threshold.parse(text, EMPTY).failure(REPORT).isPresent()).isEqualTo(fails);
  }

  @Test
  void saysWhatTheValueIs() {
    assertThat(Threshold.parse("first_audio_ms.p95 > 300", EMPTY).failure(REPORT))
        .contains("--fail-on first_audio_ms.p95 > 300: first_audio_ms.p95 is 301.500");
    assertThat(Threshold.parse("sessions.failed>0", EMPTY).failure(REPORT))
        .contains("--fail-on sessions.failed>0: sessions.failed is 2");
  }

  @Test
  void whatWasNotMeasuredHasFailed() {
    assertThat(Threshold.parse("first_audio_ms.p99>300", EMPTY).failure(REPORT))
        .contains("--fail-on first_audio_ms.p99>300: first_audio_ms.p99 was not measured");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "p95", "first_audio_ms.p95", "first_audio_ms.p95=300", "a>b", "x.p95>1.2.3"})
  void whatIsNoConditionIsRefused(String text) {
    assertThatThrownBy(() -> Threshold.parse(text, EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(text + " (expected: " + Threshold.SYNTAX + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"first_audio.p95>1", "first_audio_ms>1", "first_audio_ms.p98>1", "end>1"})
  void namesThatLeadToNoNumberAreRefused(String text) {
    assertThatThrownBy(() -> Threshold.parse(text, EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no number " + text.replace(">1", "") + " in report.json");
  }
}
