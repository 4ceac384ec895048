// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.loadtest.measure.Distributions;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ReportJsonTest {
  private final Measures measures = new Measures();

  @Test
  void hasTheNamesThatScriptsRelyOn() {
    ObjectNode report = ReportJson.of(Runs.result(measures));
    for (String name :
        new String[] {
          "first_audio_ms",
          "first_audio_after_commit_ms",
          "chunk_gap_ms",
          "rtf",
          "send_lateness_ms",
          "reject_ms"
        }) {
      assertThat(report.path(name).propertyNames())
          .as(name)
          .contains("p50", "p90", "p95", "p99", "max", "count");
    }
    assertThat(report.path("sessions").propertyNames())
        .contains("started", "completed", "rejected", "failed");
    assertThat(report.propertyNames())
        .contains(
            "valid",
            "turns",
            "underruns",
            "continuity_share",
            "errors",
            "settings",
            "server",
            "started_at",
            "duration_s");
  }

  @Test
  void countsSessionsAndTakesLatenciesFromThoseThatCompleted() {
    for (int i = 0; i < 100; i++) {
      measures.add(Runs.completed(i));
    }
    measures.add(Runs.rejected(100));
    ObjectNode report = ReportJson.of(Runs.result(measures));
    assertThat(report.at("/sessions/started").intValue()).isEqualTo(101);
    assertThat(report.at("/sessions/completed").intValue()).isEqualTo(100);
    assertThat(report.at("/sessions/rejected").intValue()).isEqualTo(1);
    assertThat(report.at("/errors/RESOURCE_EXHAUSTED:TOO_MANY_SESSIONS").intValue()).isEqualTo(1);
    assertThat(report.at("/reject_ms/count").intValue()).isEqualTo(1);
    assertThat(report.at("/turns").intValue()).isEqualTo(100);
    assertThat(report.at("/continuity_share").doubleValue()).isEqualTo(1.0);
    assertThat(report.at("/first_audio_after_commit_ms/p50").doubleValue()).isBetween(149.0, 149.2);
    assertThat(report.at("/first_audio_after_commit_ms/max").doubleValue()).isBetween(199.0, 199.2);
    assertThat(report.at("/chunk_gap_ms/count").intValue()).isEqualTo(200);
    assertThat(report.at("/rtf/p50").doubleValue()).isBetween(0.2, 0.2003);
    assertThat(report.at("/server_decode_ms/p50").doubleValue()).isBetween(4.0, 4.004);
    assertThat(report.at("/duration_s").doubleValue()).isEqualTo(65.0);
  }

  @Test
  void whatWasNotMeasuredIsNullAndNotZero() {
    ObjectNode report = ReportJson.of(Runs.result(measures));
    assertThat(report.at("/first_audio_ms/p95").isNull()).isTrue();
    assertThat(report.at("/first_audio_ms/count").intValue()).isZero();
    assertThat(report.at("/continuity_share").isNull()).isTrue();
    assertThat(report.at("/server").isNull()).isTrue();
  }

  @Test
  void aRunWhoseDriverWasLateIsInvalidAndSaysSo() {
    Histogram lateness = Distributions.histogram();
    lateness.recordValueWithCount(1000, 98);
    lateness.recordValueWithCount(30_000, 2);
    measures.add(Metric.SEND_LATENESS_MS, lateness);
    ObjectNode report = ReportJson.of(Runs.result(measures));
    assertThat(report.path("valid").booleanValue()).isFalse();
    assertThat(report.at("/invalid_reasons/0").stringValue())
        .isEqualTo(
            "the driver was late: send_lateness_ms.p99: 30.0 (expected: at most 20, one frame)");
  }

  @Test
  void aRunWhoseDriverWasInTimeIsValid() {
    Histogram lateness = Distributions.histogram();
    lateness.recordValueWithCount(1000, 995);
    lateness.recordValueWithCount(30_000, 5);
    measures.add(Metric.SEND_LATENESS_MS, lateness);
    assertThat(ReportJson.of(Runs.result(measures)).path("valid").booleanValue()).isTrue();
  }
}
