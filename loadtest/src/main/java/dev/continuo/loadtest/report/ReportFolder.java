// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.audio.AtomicFile;
import dev.continuo.loadtest.measure.Second;
import dev.continuo.loadtest.measure.SessionRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of a report. Sessions and histograms are written as they come, everything appears under
 * its name when the report is finished, or not at all.
 *
 * <p><i>Confined to the main thread.</i>
 */
public final class ReportFolder implements AutoCloseable {
  /** Sessions that the page shows. */
  private static final int PAGE_SESSIONS = 1000;

  /** The last second may be short, and its load then says little. */
  private static final long PAGE_STEP_NANOS = 500_000_000L;

  private final Path folder;
  private final AtomicFile sessions;
  private final AtomicFile histograms;
  private final HistogramLog log;
  private final SessionSample sample = new SessionSample(PAGE_SESSIONS);
  private final List<PageSecond> seconds = new ArrayList<>();

  private long pageNanos;

  private ReportFolder(Path folder, AtomicFile sessions, AtomicFile histograms, HistogramLog log) {
    this.folder = folder;
    this.sessions = sessions;
    this.histograms = histograms;
    this.log = log;
  }

  /**
   * Creates the folder where there is none.
   *
   * @throws IOException if it cannot be written; the message is one line
   */
  public static ReportFolder create(Path folder, Instant startedAt) throws IOException {
    Files.createDirectories(folder);
    AtomicFile sessions = AtomicFile.create(folder.resolve("sessions.jsonl"));
    try {
      AtomicFile histograms = AtomicFile.create(folder.resolve("histograms.hlog"));
      return new ReportFolder(
          folder, sessions, histograms, new HistogramLog(histograms.stream(), startedAt));
    } catch (IOException e) {
      sessions.close();
      throw e;
    }
  }

  /** A session is over. */
  public void add(SessionRecord session) throws IOException {
    sessions.stream().write(ReportJson.JSON.writeValueAsBytes(SessionJson.of(session)));
    sessions.stream().write('\n');
    sample.add(session);
  }

  /** A second is over. */
  public void add(Second second) {
    log.add(second);
    if (second.atNanos() - pageNanos >= PAGE_STEP_NANOS) {
      pageNanos = second.atNanos();
      seconds.add(PageSecond.of(second));
    }
  }

  /**
   * Writes what is left.
   *
   * @param report as by {@link ReportJson}
   * @return the page
   */
  public Path finish(RunResult run, ObjectNode report) throws IOException {
    sessions.commit();
    log.flush();
    histograms.commit();
    write(
        "report.json", ReportJson.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report));
    write("summary.csv", SummaryCsv.of(report));
    return write("index.html", Page.of(run, report, sample, seconds));
  }

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    try (AtomicFile whole = AtomicFile.create(file)) {
      whole.stream().write(text.getBytes(StandardCharsets.UTF_8));
      whole.commit();
    }
    return file;
  }

  /** Without {@link #finish} before it, nothing is left behind. Idempotent. */
  @Override
  public void close() throws IOException {
    sessions.close();
    histograms.close();
  }
}
