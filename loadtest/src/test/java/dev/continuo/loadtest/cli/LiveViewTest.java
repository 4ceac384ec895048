// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.cli.Terminal;
import dev.continuo.loadtest.drive.RunSettings;
import dev.continuo.loadtest.measure.Distributions;
import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Second;
import dev.continuo.loadtest.plan.Codec;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String UP = "\u001b[A\r\u001b[K";

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Terminal terminal =
      new Terminal(
          InputStream.nullInputStream(),
          new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8),
          true);
  private final Measures measures = new Measures();
  private final LiveView view =
      new LiveView(
          terminal,
          new RunSettings(
              null, Codec.PCM16, true, null, 4, 1, 0, 2 * SECOND, 8 * SECOND, SECOND, 0, SECOND),
          measures);

  private String shown(long atNanos) {
    err.reset();
    view.show(new Second(atNanos, 4, new DriverHealth.Load(0.25, 0.5, 0.015), Map.of()));
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void saysHowFarTheRunIsAndHowItGoes() {
    Histogram lateness = Distributions.histogram();
    lateness.recordValue(1500);
    measures.add(Metric.SEND_LATENESS_MS, lateness);
    assertThat(shown(5 * SECOND).split("\n"))
        .containsExactly(
            "[############............] measuring  5 of 10 s, 4 sessions open",
            "  0 completed, 0 rejected, 0 failed",
            "  first audio: nothing yet; audible gaps in 0 of 0 turns",
            "  driver: late by 1.5 ms (p99), 0.25 cores; steal 1.5 %");
  }

  @Test
  void namesThePhaseOfTheRun() {
    assertThat(shown(SECOND)).contains("warm-up");
    assertThat(shown(3 * SECOND)).contains("measuring");
    assertThat(shown(11 * SECOND)).contains("draining");
  }

  @Test
  void rewritesItsLinesAndTakesThemAwayInTheEnd() {
    assertThat(shown(SECOND)).doesNotContain(UP);
    assertThat(shown(2 * SECOND)).startsWith(UP.repeat(4));
    err.reset();
    view.clear();
    view.clear();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(UP.repeat(4));
  }
}
