// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Ticker;
import dev.continuo.v1.LatencyTrace;

/**
 * Measures a turn from outside and tells the session's observer: when audio came and went.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class TurnMeter {
  private static final double NANOS_PER_SECOND = 1e9;

  private final SessionObserver observer;
  private final SessionObserver.Who who;
  private final Ticker ticker;
  private final boolean paced;
  private long startNanos;
  private long heardNanos; // when audio came last
  private boolean heard;
  private long committedNanos;
  private long firstSentNanos;
  private long sentNanos;
  private long bufferedBytes;

  TurnMeter(SessionObserver observer, SessionObserver.Who who, Ticker ticker, boolean paced) {
    this.observer = observer;
    this.who = who;
    this.ticker = ticker;
    this.paced = paced;
  }

  /** Audio came, with so many seconds of the prompt before it. */
  void heard(double secondsBefore) {
    heardNanos = ticker.nanos();
    if (!heard) {
      heard = true;
      startNanos = heardNanos;
    }
    long expected = startNanos + (long) (secondsBefore * NANOS_PER_SECOND);
    observer.heard(who, Math.max(0, heardNanos - expected));
  }

  void committed() {
    committedNanos = ticker.nanos();
  }

  /** The queue's latest piece has been handed over. */
  void sent(SpeechQueue speech) {
    long now = ticker.nanos();
    boolean first = speech.sent() == 1;
    if (first) {
      firstSentNanos = now;
      if (committedNanos != 0) {
        observer.firstAudio(who, now - committedNanos, now - heardNanos);
      }
    }
    observer.sent(
        who,
        new SessionObserver.Sent(
            first ? 0 : now - sentNanos,
            paced ? Math.max(0, speech.leadNanos(now)) : 0,
            paced ? Math.max(0, speech.lateNanos(now)) : 0));
    sentNanos = now;
  }

  /** So many bytes are made and not sent. */
  void buffered(long bytes) {
    if (bytes != bufferedBytes) {
      observer.buffered(who, bytes - bufferedBytes);
      bufferedBytes = bytes;
    }
  }

  /** Everything is said. */
  void ended(int promptUnits, int continuationUnits, LatencyTrace trace) {
    observer.turned(
        who,
        new SessionObserver.TurnReport(
            startNanos,
            committedNanos,
            firstSentNanos,
            ticker.nanos(),
            promptUnits,
            continuationUnits,
            trace));
  }
}
