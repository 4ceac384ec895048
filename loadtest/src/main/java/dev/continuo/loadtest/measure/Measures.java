// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import dev.continuo.loadtest.plan.Prompts;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts and histograms over the sessions that count.
 *
 * <p>Latencies are taken from sessions that completed: one that ends too early must not lend its
 * good beginning to the percentiles. Whatever else became of a session is counted by outcome and
 * status.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Measures {
  private final Distributions distributions = new Distributions();
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private final Map<String, Integer> errors = new TreeMap<>();
  private int started;
  private int warmUp;
  private int turns;
  private int continuousTurns;
  private int underruns;
  private long frames;
  private long catchUpFrames;
  private long pushedBackFrames;
  private @Nullable SessionRecord worst;

  /** Takes in a session that is over; one of the warm-up is only counted. */
  public void add(SessionRecord session) {
    if (!session.measured()) {
      warmUp++;
      return;
    }
    started++;
    outcomes.merge(session.outcome(), 1, Integer::sum);
    frames += session.sent().frames();
    catchUpFrames += session.sent().catchUpFrames();
    pushedBackFrames += session.sent().pushedBackFrames();
    switch (session.outcome()) {
      case COMPLETED -> completed(session);
      case REJECTED -> {
        errors.merge(session.status(), 1, Integer::sum);
        Timeline t = session.times();
        distributions.between(Metric.REJECT_MS, t.arrivalNanos(), t.endedNanos());
      }
      case FAILED -> errors.merge(session.status(), 1, Integer::sum);
      case VANISHED, STALLED, INTERRUPTED -> {}
    }
  }

  /** Adds values that were recorded elsewhere, in the metric's own scale. */
  public void add(Metric metric, Histogram values) {
    distributions.add(metric, values);
  }

  private void completed(SessionRecord session) {
    turns++;
    Timeline t = session.times();
    Heard heard = session.heard();
    underruns += heard.underruns();
    continuousTurns += heard.continuous() ? 1 : 0;
    distributions.between(Metric.START_MS, t.arrivalNanos(), t.startedNanos());
    if (session.echoed()) {
      echo(session);
    } else {
      firstAudio(session);
    }
    long[] arrivals = heard.arrivalNanos();
    for (int i = 1; i < arrivals.length; i++) {
      distributions.between(Metric.CHUNK_GAP_MS, arrivals[i - 1], arrivals[i]);
    }
    distributions.between(Metric.REQUIRED_BUFFER_MS, 0, heard.requiredBufferNanos());
    if (heard.underruns() > 0) {
      distributions.between(Metric.LONGEST_GAP_MS, 0, heard.longestGapNanos());
    }
    Trace trace = session.trace();
    if (trace != null) {
      traced(trace);
    }
    if (worst == null || badness(session) > badness(worst)) {
      worst = session;
    }
  }

  private void firstAudio(SessionRecord session) {
    Distributions d = distributions;
    Timeline t = session.times();
    d.between(Metric.FIRST_AUDIO_MS, t.promptEndNanos(), t.firstPacketNanos());
    d.between(Metric.FIRST_AUDIO_AFTER_COMMIT_MS, t.commitNanos(), t.firstPacketNanos());
    d.between(Metric.FIRST_AUDIBLE_MS, t.promptEndNanos(), t.firstAudibleNanos());
    d.between(Metric.FIRST_AUDIBLE_AFTER_COMMIT_MS, t.commitNanos(), t.firstAudibleNanos());
    d.between(Metric.FIRST_AUDIO_SERVICE_MS, t.committedNanos(), t.firstPacketNanos());
    long audioNanos = session.heard().totalAudioNanos();
    if (audioNanos > 0) {
      double wallNanos = (double) t.lastPacketNanos() - t.commitNanos();
      d.ratio(Metric.WALL_RTF, Math.max(0, wallNanos / audioNanos));
    }
  }

  private void echo(SessionRecord session) {
    long[] arrivals = session.heard().arrivalNanos();
    int sent = session.plan().promptFrames();
    long firstNanos = session.times().promptEndNanos() - (sent - 1) * Prompts.FRAME_NANOS;
    for (int i = 0; i < Math.min(arrivals.length, sent); i++) {
      distributions.between(Metric.ECHO_MS, firstNanos + i * Prompts.FRAME_NANOS, arrivals[i]);
    }
  }

  private void traced(Trace trace) {
    Distributions d = distributions;
    d.micros(Metric.SERVER_FIRST_AUDIO_MS, trace.firstAudioMicros());
    d.micros(Metric.SERVER_QUEUE_MS, trace.queueMicros());
    d.micros(Metric.SERVER_TOKENIZE_MS, trace.tokenizeMicros());
    d.micros(Metric.SERVER_PREFILL_MS, trace.prefillMicros());
    d.micros(Metric.SERVER_DECODE_MS, trace.decodeMicros());
    d.micros(Metric.SERVER_VOCODE_MS, trace.vocodeMicros());
    d.micros(Metric.SERVER_ENCODE_MS, trace.encodeMicros());
    d.ratio(Metric.RTF, trace.realTimeFactor());
  }

  /** Longest silence first, then the latest first audio. */
  private static double badness(SessionRecord session) {
    return session.heard().longestGapNanos() * 1e3 + session.firstAudioNanos();
  }

  /** The histograms. */
  public Distributions distributions() {
    return distributions;
  }

  /** Sessions that count and are over. */
  public int started() {
    return started;
  }

  /** Sessions of the warm-up. */
  public int warmUp() {
    return warmUp;
  }

  /** Sessions that ended so. */
  public int outcome(Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0);
  }

  /** Sessions by the status they were rejected or failed with. */
  public Map<String, Integer> errors() {
    return Collections.unmodifiableMap(errors);
  }

  /** Turns that were measured: those of sessions that completed. */
  public int turns() {
    return turns;
  }

  /** Those of them without an audible gap. */
  public int continuousTurns() {
    return continuousTurns;
  }

  /** How often players ran dry. */
  public int underruns() {
    return underruns;
  }

  /** Frames sent. */
  public long frames() {
    return frames;
  }

  /** Frames sent when the next one was due already. */
  public long catchUpFrames() {
    return catchUpFrames;
  }

  /** Frames for which the transport had no room. */
  public long pushedBackFrames() {
    return pushedBackFrames;
  }

  /** The completed session with the longest silence, or else the latest first audio. */
  public Optional<SessionRecord> worst() {
    return Optional.ofNullable(worst);
  }
}
