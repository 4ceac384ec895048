// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.continuo.loadtest.StandInServer;
import dev.continuo.loadtest.measure.Distributions;
import dev.continuo.loadtest.report.ReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs over real connections, in real time, against a server whose latencies are known. */
class RunCommandIT {
  private static final int[] PERCENTS = {50, 90, 95, 99, 100};

  @TempDir Path folder;

  private final CommandRun command = new CommandRun();

  private JsonNode report() throws IOException {
    return ReportJson.JSON.readTree(Files.readString(folder.resolve("report.json")));
  }

  private int run(StandInServer server, String... options) {
    return run(server.address(), options);
  }

  private int run(String address, String... options) {
    String[] all = new String[options.length + 12];
    String[] common = {
      "loadtest",
      "run",
      "--server",
      address,
      "--report",
      folder.toString(),
      "--prompt-seconds",
      "0.1",
      "--continue-seconds",
      "0.2",
      "--warmup",
      "0s"
    };
    System.arraycopy(common, 0, all, 0, common.length);
    System.arraycopy(options, 0, all, common.length, options.length);
    return command.run(all);
  }

  private static double value(JsonNode distribution, int percent) {
    return distribution.path(percent == 100 ? "max" : "p" + percent).doubleValue();
  }

  private int accounted(JsonNode report) {
    JsonNode sessions = report.path("sessions");
    int sum = 0;
    for (String outcome :
        new String[] {"completed", "rejected", "failed", "vanished", "stalled", "interrupted"}) {
      sum += sessions.path(outcome).intValue();
    }
    assertThat(sum).isEqualTo(sessions.path("started").intValue());
    return sum;
  }

  @Test
  void percentilesAreRightWithinTwoPercentAndAStallShowsInFull() throws IOException {
    try (Hiccups hiccups = new Hiccups();
        StandInServer server = StandInServer.start(i -> 500 + 37L * i % 400, 10_000)) {
      server.stall(2500, 2000);
      int code = run(server, "--rate", "30", "--duration", "6s", "--think-seconds", "0");
      assertThat(code).as(command.err()).isZero();
      JsonNode report = report();
      Histogram expected = Distributions.histogram();
      server.latencies().forEach(nanos -> expected.recordValue(nanos / 1000));
      int sessions = accounted(report);
      assertThat(sessions).isBetween(130, 230).isEqualTo(server.latencies().size());
      JsonNode measured = report.path("first_audio_after_commit_ms");
      assertThat(measured.path("count").intValue()).isEqualTo(sessions);
      assertThat(expected.getMaxValue() / 1e3).as("the stall").isGreaterThan(1900);
      // never less than the truth, however busy this machine is: nothing is omitted
      for (int percent : PERCENTS) {
        double truth = expected.getValueAtPercentile(percent) / 1e3;
        assertThat(value(measured, percent)).as("p" + percent).isGreaterThan(0.98 * truth);
      }
      assumeThat(hiccups.longestMillis())
          .as("ms that this machine left a thread waiting: too busy to tell 2 percent")
          .isLessThan(20);
      for (int percent : PERCENTS) {
        double truth = expected.getValueAtPercentile(percent) / 1e3;
        assertThat(value(measured, percent))
            .as("p" + percent)
            .isLessThan(1.02 * truth + hiccups.longestMillis());
      }
    }
  }

  @Test
  void rejectedSessionsAreCountedAndThresholdsFail() throws IOException {
    try (StandInServer server = StandInServer.start(i -> 300, 2)) {
      int code =
          run(
              server,
              "--rate",
              "20",
              "--duration",
              "1500ms",
              "--fail-on",
              "sessions.rejected>0",
              "--fail-on",
              "sessions.failed>0");
      assertThat(code).isEqualTo(5);
      JsonNode report = report();
      accounted(report);
      assertThat(report.at("/sessions/failed").intValue()).isZero();
      int rejected = report.at("/sessions/rejected").intValue();
      assertThat(rejected).isPositive();
      assertThat(report.at("/reject_ms/count").intValue()).isEqualTo(rejected);
      assertThat(report.at("/errors/RESOURCE_EXHAUSTED:TOO_MANY_SESSIONS").intValue())
          .isEqualTo(rejected);
      assertThat(command.err())
          .contains(
              "continuo: --fail-on sessions.rejected>0: sessions.rejected is " + rejected + "\n")
          .doesNotContain("sessions.failed");
    }
  }

  @Test
  void aServerThatDiesIsFourAndEverySessionIsAccountedFor() throws IOException {
    ExecutorService later = Executors.newSingleThreadExecutor();
    try (StandInServer server = StandInServer.start(i -> 100, 1000)) {
      later.execute(() -> dieAfterTenAnswers(server));
      int code = run(server, "--sessions", "5", "--ramp", "0s", "--duration", "60s");
      assertThat(code).isEqualTo(4);
      JsonNode report = report();
      accounted(report);
      assertThat(report.path("end").stringValue()).isEqualTo("server_gone");
      assertThat(report.at("/sessions/completed").intValue()).isPositive();
      assertThat(report.at("/errors/UNAVAILABLE").intValue()).isPositive();
      assertThat(Files.readAllLines(folder.resolve("sessions.jsonl")))
          .hasSize(report.at("/sessions/started").intValue());
      assertThat(command.err()).startsWith("continuo: " + server.address()).hasLineCount(1);
    } finally {
      later.shutdownNow();
    }
  }

  private static void dieAfterTenAnswers(StandInServer server) {
    while (server.latencies().size() < 10) {
      Thread.onSpinWait();
    }
    server.die();
  }

  @Test
  void clientsThatStallOrVanishAreSeenByTheServerAndNotMeasured() throws IOException {
    try (StandInServer server = StandInServer.start(i -> 50, 1000)) {
      int code =
          run(
              server,
              "--rate",
              "20",
              "--duration",
              "1s",
              "--stall-share",
              "0.3",
              "--vanish-share",
              "0.3",
              "--drain",
              "1s");
      assertThat(code).isZero();
      JsonNode report = report();
      assertThat(accounted(report)).isEqualTo(server.sessions());
      assertThat(command.out())
          .startsWith("sessions: " + server.sessions() + " measured, ")
          .contains(" vanished, ", " stalled", "driver's lateness, ms", "report: ");
      assertThat(report.at("/sessions/vanished").intValue()).isPositive();
      assertThat(report.at("/sessions/stalled").intValue()).isPositive();
      assertThat(report.at("/turns").intValue())
          .isEqualTo(report.at("/sessions/completed").intValue());
      assertThat(server.cancelled()).isPositive();
    }
  }

  @Test
  void aServerThatIsNotThereIsFourAndTheReportSaysSo() throws IOException {
    String address;
    try (StandInServer server = StandInServer.start(i -> 50, 1000)) {
      address = server.address();
    }
    assertThat(run(address)).isEqualTo(4);
    assertThat(command.err()).startsWith("continuo: " + address).hasLineCount(1);
    assertThat(report().path("end").stringValue()).isEqualTo("server_gone");
    assertThat(report().path("server").isNull()).isTrue();
  }

  @Test
  void aBundleThatTheServerDoesNotHaveIsWrongUsage() throws IOException {
    try (StandInServer server = StandInServer.start(i -> 50, 1000)) {
      assertThat(run(server, "--bundle", "other")).isEqualTo(2);
      assertThat(command.err())
          .isEqualTo("continuo: --bundle: other (expected: one that the server has: stand-in)\n");
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void jsonIsTheReportsObject() throws IOException {
    try (StandInServer server = StandInServer.start(i -> 50, 1000)) {
      assertThat(run(server, "--json", "--rate", "10", "--duration", "500ms")).isZero();
      assertThat(ReportJson.JSON.readTree(command.out())).isEqualTo(report());
    }
  }

  @Test
  void ctrlCWritesTheReportOfWhatRan() throws Exception {
    try (StandInServer server = StandInServer.start(i -> 50, 1000)) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.continuo.loadtest.cli.Main",
                  "loadtest",
                  "run",
                  "--server",
                  server.address(),
                  "--report",
                  folder.toString(),
                  "--rate",
                  "20",
                  "--warmup",
                  "0s",
                  "--prompt-seconds",
                  "0.1",
                  "--continue-seconds",
                  "0.2")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      while (process.isAlive() && server.latencies().size() < 10) {
        Thread.onSpinWait();
      }
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(report().path("end").stringValue()).isEqualTo("interrupted");
      assertThat(accounted(report())).isGreaterThanOrEqualTo(10);
      assertThat(folder.resolve("index.html")).isNotEmptyFile();
    }
  }
}
