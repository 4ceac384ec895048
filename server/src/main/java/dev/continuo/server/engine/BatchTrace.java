// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each step of an engine to a file, one line a step, in the trace event format that Perfetto
 * and Chrome open (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU, JSON
 * array; its closing bracket may be missing).
 *
 * <p>Language models' passes lie on one track, the codecs' steps on another; times are
 * microseconds. A file that cannot be written on ends the trace, not the engine. <i>Thread-safe: by
 * its lock, held while a line goes to a buffer.</i>
 */
public final class BatchTrace implements EngineObserver, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchTrace.class);

  /** Tracks, in the format's words thread ids. */
  private static final int LANGUAGE = 0;

  private static final int CODECS = 1;

  private final Path file;
  private final BufferedWriter out;
  private boolean broken;

  private BatchTrace(Path file) throws IOException {
    this.file = file;
    this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    out.write("[\n");
    track(LANGUAGE, "language model");
    track(CODECS, "encoder and vocoder");
  }

  /**
   * Starts a trace.
   *
   * @param file made anew
   * @throws IOException if it cannot be made
   */
  public static BatchTrace open(Path file) throws IOException {
    return new BatchTrace(file);
  }

  private void track(int track, String name) throws IOException {
    out.write(
        "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"args\":{\"name\":\"%s\"}},%n"
            .formatted(track, name));
  }

  @Override
  public void stepped(Step step) {
    boolean language = step.stage() == Stage.PREFILL || step.stage() == Stage.DECODE;
    long slackMicros = step.slackNanos() == NO_DEADLINE ? 0 : step.slackNanos() / 1000;
    write(
        ("{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\",\"ts\":%d,\"dur\":%d,\"pid\":1,\"tid\":%d,"
                + "\"args\":{\"rows\":%d,\"slack_us\":%d,\"missed\":%d,\"sessions\":%s}},%n")
            .formatted(
                step.stage().name().toLowerCase(Locale.ROOT),
                quoted(step.bundle()),
                step.startNanos() / 1000,
                step.durationNanos() / 1000,
                language ? LANGUAGE : CODECS,
                step.sessions().size(),
                slackMicros,
                step.missed(),
                list(step.sessions())));
  }

  private static String list(List<String> sessions) {
    return sessions.stream()
        .map(session -> '"' + quoted(session) + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private synchronized void write(String line) {
    if (broken) {
      return;
    }
    try {
      out.write(line);
    } catch (IOException e) {
      broken = true;
      LOG.warn("{}: the trace ends here: {}", file, e.getMessage());
    }
  }

  /** Writes what is left. Idempotent. */
  @Override
  public synchronized void close() {
    broken = true;
    try {
      out.close();
    } catch (IOException e) {
      LOG.warn("{}: the end of the trace is missing: {}", file, e.getMessage());
    }
  }
}
