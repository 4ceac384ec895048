// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import dev.continuo.loadtest.measure.Heard;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code index.html}: one file, nothing from a network. The data stands in it as JSON, a script of
 * its own draws it.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class Page {
  private static final String DATA = "/*DATA*/";
  private static final int TICKS_PER_HALF = 5;
  private static final List<Metric> CURVES =
      List.of(
          Metric.FIRST_AUDIO_AFTER_COMMIT_MS,
          Metric.FIRST_AUDIBLE_AFTER_COMMIT_MS,
          Metric.FIRST_AUDIO_SERVICE_MS,
          Metric.SERVER_FIRST_AUDIO_MS,
          Metric.CHUNK_GAP_MS,
          Metric.ECHO_MS,
          Metric.SEND_LATENESS_MS);

  private Page() {}

  static String of(
      RunResult run, ObjectNode report, SessionSample sample, List<PageSecond> seconds) {
    ObjectNode data = ReportJson.JSON.createObjectNode();
    data.set("report", report);
    curves(data.putObject("curves"), run);
    data.put("stride", sample.stride());
    ArrayNode sessions = data.putArray("sessions");
    sample.sessions().forEach(session -> session(sessions.addObject(), session));
    data.set("seconds", ReportJson.JSON.valueToTree(seconds));
    run.measures().worst().ifPresent(worst -> worst(data.putObject("worst"), worst));
    // a value must not be able to end the script it stands in
    String json = ReportJson.JSON.writeValueAsString(data).replace("<", "\\u003c");
    return template().replace(DATA, json);
  }

  /** Pairs of (percentile, value), denser towards 100 as HdrHistogram's own plots. */
  private static void curves(ObjectNode node, RunResult run) {
    for (Metric metric : CURVES) {
      Histogram histogram = run.measures().distributions().total(metric);
      if (histogram.getTotalCount() > 0) {
        ArrayNode curve = node.putArray(metric.key());
        for (HistogramIterationValue value : histogram.percentiles(TICKS_PER_HALF)) {
          ArrayNode point = curve.addArray();
          point.add(value.getPercentileLevelIteratedTo());
          point.add(ReportJson.rounded(value.getValueIteratedTo() / metric.scale()));
        }
      }
    }
  }

  /** Short names: there are a thousand of these. */
  private static void session(ObjectNode node, SessionRecord session) {
    Timeline t = session.times();
    node.put("n", session.plan().number());
    node.put("o", session.outcome().name().toLowerCase(Locale.ROOT));
    node.put("s", session.status());
    node.put("m", session.measured());
    time(node, "a", t.arrivalNanos());
    time(node, "c", t.commitNanos());
    time(node, "f", session.echoed() ? Timeline.NEVER : t.firstPacketNanos());
    time(node, "l", t.lastPacketNanos());
    time(node, "e", t.endedNanos());
    node.put("g", SessionJson.millis(session.heard().longestGapNanos()));
  }

  private static void worst(ObjectNode node, SessionRecord session) {
    node.set("session", SessionJson.of(session));
    Heard heard = session.heard();
    ArrayNode chunks = node.putArray("chunks");
    for (int i = 0; i < heard.arrivalNanos().length; i++) {
      ArrayNode chunk = chunks.addArray();
      chunk.add(SessionJson.millis(heard.arrivalNanos()[i]));
      chunk.add(SessionJson.millis(heard.audioNanos()[i]));
    }
  }

  private static void time(ObjectNode node, String name, long nanos) {
    if (nanos != Timeline.NEVER) {
      node.put(name, SessionJson.millis(nanos));
    }
  }

  private static String template() {
    try (InputStream in = Page.class.getResourceAsStream("page.html")) {
      if (in == null) {
        throw new IllegalStateException("page.html: no such resource");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
