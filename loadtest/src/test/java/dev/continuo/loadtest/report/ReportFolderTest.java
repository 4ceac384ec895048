// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.loadtest.measure.DriverHealth;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Second;
import dev.continuo.loadtest.measure.SessionRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ReportFolderTest {
  @TempDir Path parent;

  private final Measures measures = new Measures();

  private Path write(int sessions) throws IOException {
    Path folder = parent.resolve("a/report");
    RunResult run = Runs.result(measures);
    try (ReportFolder report = ReportFolder.create(folder, run.startedAt())) {
      for (int i = 0; i < sessions; i++) {
        SessionRecord session = i % 10 == 9 ? Runs.rejected(i) : Runs.completed(i);
        measures.add(session);
        report.add(session);
        if (i % 25 == 24) {
          report.add(
              new Second(
                  (i + 1L) * 40_000_000L,
                  3,
                  new DriverHealth.Load(0.1, 0.2, 0),
                  measures.distributions().takeIntervals()));
        }
      }
      report.finish(run, ReportJson.of(run));
    }
    return folder;
  }

  @Test
  void writesAllFilesAndNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(write(100))) {
      assertThat(files)
          .extracting(file -> String.valueOf(file.getFileName()))
          .containsExactlyInAnyOrder(
              "index.html", "report.json", "sessions.jsonl", "summary.csv", "histograms.hlog");
    }
  }

  @Test
  void leavesNothingWithoutAnEnd() throws IOException {
    try (ReportFolder report = ReportFolder.create(parent, Instant.EPOCH)) {
      report.add(Runs.completed(1));
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void everySessionIsALineOfItsOwn() throws IOException {
    List<String> lines = Files.readAllLines(write(50).resolve("sessions.jsonl"));
    assertThat(lines).hasSize(50);
    JsonNode line = ReportJson.JSON.readTree(lines.get(3));
    assertThat(line.path("number").intValue()).isEqualTo(3);
    assertThat(line.path("outcome").stringValue()).isEqualTo("completed");
    assertThat(line.path("first_packet_ms").doubleValue()).isEqualTo(1106.0);
    assertThat(line.path("audio_ms").doubleValue()).isEqualTo(600.0);
    assertThat(ReportJson.JSON.readTree(lines.get(9)).path("started_ms").isNull()).isTrue();
  }

  @Test
  void theLogOfHistogramsAddsUpToTheReport() throws IOException {
    Path folder = write(100);
    Map<String, Long> counts = new HashMap<>();
    HistogramLogReader reader = new HistogramLogReader(folder.resolve("histograms.hlog").toFile());
    while (reader.hasNext()) {
      EncodableHistogram next = reader.nextIntervalHistogram();
      if (next instanceof org.HdrHistogram.Histogram histogram) {
        counts.merge(histogram.getTag(), histogram.getTotalCount(), Long::sum);
      }
    }
    JsonNode report = ReportJson.JSON.readTree(folder.resolve("report.json").toFile());
    assertThat(counts)
        .containsEntry("first_audio_after_commit_ms", 90L)
        .containsEntry("reject_ms", 10L);
    counts.forEach(
        (tag, count) -> assertThat(report.path(tag).path("count").longValue()).isEqualTo(count));
  }

  @Test
  void theSummaryHasTheReportsNumbersByTheirPaths() throws IOException {
    assertThat(Files.readAllLines(write(100).resolve("summary.csv")))
        .startsWith("name,value")
        .contains("sessions.completed,90", "chunk_gap_ms.count,180", "valid,true")
        .allMatch(line -> line.split(",", -1).length == 2);
  }

  @Test
  void thePageNeedsNoNetworkAndItsDataCannotEndItsScript() throws IOException {
    String page = Files.readString(write(100).resolve("index.html"));
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", "src=", "@import", "url(");
    Matcher data =
        Pattern.compile(
                "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL)
            .matcher(page);
    assertThat(data.find()).isTrue();
    JsonNode parsed = ReportJson.JSON.readTree(data.group(1));
    assertThat(parsed.path("sessions").size()).isEqualTo(100);
    assertThat(parsed.at("/worst/session/number").intValue()).isEqualTo(98);
    assertThat(parsed.at("/worst/session/message").stringValue()).startsWith("</script><b>");
    assertThat(parsed.at("/worst/chunks").size()).isEqualTo(3);
    assertThat(parsed.path("curves").propertyNames())
        .contains("first_audio_after_commit_ms", "chunk_gap_ms");
  }
}
