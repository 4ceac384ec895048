// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.audio.CodecException;
import dev.continuo.client.AudioDecoder;
import dev.continuo.loadtest.measure.AudibleDetector;
import dev.continuo.loadtest.measure.Heard;
import dev.continuo.loadtest.measure.Player;
import dev.continuo.loadtest.measure.Ticker;
import dev.continuo.loadtest.measure.Timeline;
import dev.continuo.loadtest.measure.Trace;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.Stages;
import dev.continuo.v1.TurnEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The listening side of a session: notes when everything came, lets a player play it, and checks
 * that it is what the contract promises.
 *
 * <p><i>Thread-safe: one lock; nothing is called with it held but the decoder.</i>
 */
final class Reception {
  private static final int PIECES = 32;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Ticker ticker;
  private final Player player;
  private long[] arrivals = new long[PIECES];
  private long[] audios = new long[PIECES];
  private int pieces;
  private long samples;
  private int rateHz;
  private @Nullable AudioDecoder decoder;
  private @Nullable AudibleDetector detector;
  private @Nullable Trace trace;
  private String sessionId = "";
  private String fault = "";
  private boolean complete;
  private long startedNanos = Timeline.NEVER;
  private long audibleNanos = Timeline.NEVER;
  private long endedNanos = Timeline.NEVER;

  Reception(Ticker ticker, long playerBufferNanos) {
    this.ticker = ticker;
    this.player = new Player(playerBufferNanos);
  }

  synchronized void started(SessionStarted started) {
    startedNanos = ticker.nanos();
    sessionId = started.getSessionId();
    rateHz = started.getOutput().getSampleRateHertz();
    if (rateHz <= 0) {
      blame("started.output.sample_rate_hertz: " + rateHz + " (expected: more than 0)");
    } else {
      decoder = AudioDecoder.of(started.getOutput());
      detector = new AudibleDetector(rateHz);
    }
  }

  synchronized void audio(AudioOut audio) {
    long now = ticker.nanos();
    if (rateHz <= 0) {
      blame("audio before started (expected: after it)");
      return;
    }
    if (audio.getSequenceNumber() != pieces) {
      blame("audio.sequence_number: " + audio.getSequenceNumber() + " (expected: " + pieces + ")");
    }
    if (pieces == arrivals.length) {
      arrivals = Arrays.copyOf(arrivals, 2 * pieces);
      audios = Arrays.copyOf(audios, 2 * pieces);
    }
    long nanos = Math.round(audio.getSampleCount() * NANOS_PER_SECOND / rateHz);
    arrivals[pieces] = now;
    audios[pieces] = nanos;
    pieces++;
    samples += audio.getSampleCount();
    player.arrived(now, nanos);
    listen(audio, now);
  }

  private void listen(AudioOut audio, long now) {
    AudioDecoder open = decoder;
    AudibleDetector listening = detector;
    if (open == null || listening == null) {
      return;
    }
    try {
      if (listening.listen(open.decode(audio))) {
        audibleNanos = now;
        deafen();
      }
    } catch (CodecException e) {
      blame("audio: " + e.getMessage());
      deafen();
    }
  }

  /** Nothing more need be decoded. */
  private void deafen() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
  }

  synchronized void turn(TurnEvent event) {
    if (event.getType() == TurnEvent.Type.TYPE_COMPLETED) {
      complete = true;
      if (event.getContinuationSamples() != samples) {
        blame(
            "turn.continuation_samples: "
                + event.getContinuationSamples()
                + " (expected: "
                + samples
                + ", what came)");
      }
    }
  }

  synchronized void latency(LatencyTrace told) {
    Stages first = told.getFirstAudio();
    trace =
        new Trace(
            first.getQueueMicros(),
            first.getTokenizeMicros(),
            first.getPrefillMicros(),
            first.getDecodeMicros(),
            first.getVocodeMicros(),
            first.getEncodeMicros(),
            told.getFirstAudioMicros(),
            told.getRealTimeFactor());
  }

  /** Nothing more will come. The first call counts. */
  synchronized void over() {
    if (endedNanos == Timeline.NEVER) {
      endedNanos = ticker.nanos();
      player.ended(endedNanos);
      deafen();
    }
  }

  /** What is wrong with what came, empty if it is all that a session should be. */
  synchronized String fault() {
    if (fault.isEmpty() && !complete) {
      return "the session ended without TurnEvent COMPLETED (expected: one before EndSession)";
    }
    return fault.isEmpty() && pieces == 0 ? "no audio came (expected: some)" : fault;
  }

  /** The first fault is kept: others often follow from it. */
  private void blame(String what) {
    if (fault.isEmpty()) {
      fault = what;
    }
  }

  synchronized boolean hasStarted() {
    return startedNanos != Timeline.NEVER;
  }

  synchronized String sessionId() {
    return sessionId;
  }

  synchronized @Nullable Trace trace() {
    return trace;
  }

  synchronized Heard heard() {
    long silentSamples = detector == null ? 0 : detector.silentSamples();
    return new Heard(
        Arrays.copyOf(arrivals, pieces),
        Arrays.copyOf(audios, pieces),
        rateHz <= 0 ? 0 : Math.round(silentSamples * NANOS_PER_SECOND / rateHz),
        player.underruns(),
        player.longestGapNanos(),
        player.silentNanos(),
        player.requiredBufferNanos(),
        player.startNanos(Timeline.NEVER),
        player.finishNanos(Timeline.NEVER));
  }

  /** The session's times, of which the sender knows the first five and when the commit went out. */
  synchronized Timeline timeline(
      long arrivalNanos,
      long openedNanos,
      long promptEndNanos,
      long commitNanos,
      long committedNanos) {
    return new Timeline(
        arrivalNanos,
        openedNanos,
        startedNanos,
        promptEndNanos,
        commitNanos,
        committedNanos,
        pieces == 0 ? Timeline.NEVER : arrivals[0],
        audibleNanos,
        pieces == 0 ? Timeline.NEVER : arrivals[pieces - 1],
        endedNanos);
  }
}
