// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.LatencyTrace;
import java.util.List;

/**
 * Is told what becomes of sessions: metrics, logs and traces are made of it.
 *
 * <p>Called within a session's own calls, so it returns at once and never throws. Times are by the
 * session's ticker. <i>Thread-safe: sessions call it from many threads.</i>
 */
public interface SessionObserver {
  /** Looks away. */
  SessionObserver NONE = new SessionObserver() {};

  /**
   * Which session.
   *
   * @param session its id on this server
   * @param request the client's name for it, or the id
   * @param bundle name of the bundle it speaks with; empty where it got none
   * @param traceParent trace context that the client sent, as W3C writes it; empty without one
   */
  record Who(String session, String request, String bundle, String traceParent) {}

  /**
   * A piece of audio that was sent.
   *
   * @param intervalNanos since the piece before; 0 for the first
   * @param leadNanos of speech ahead of the playback clock, itself included; 0 where nothing is
   *     paced
   * @param lateNanos by which a player without a buffer had run dry before it
   */
  record Sent(long intervalNanos, long leadNanos, long lateNanos) {}

  /**
   * A turn that is over.
   *
   * @param startNanos when its prompt's first audio came
   * @param committedNanos when it was committed; 0 if it was not
   * @param firstSentNanos when its first audio was sent; 0 if none was
   * @param endNanos when its last message was
   * @param promptUnits of the prompt, deduplicated
   * @param continuationUnits of the speech that was sent
   * @param trace where its time went
   */
  record TurnReport(
      long startNanos,
      long committedNanos,
      long firstSentNanos,
      long endNanos,
      int promptUnits,
      int continuationUnits,
      LatencyTrace trace) {}

  /**
   * A session that is over, having been admitted.
   *
   * @param startNanos when its client came
   * @param endNanos when it ended
   * @param reason {@code completed}, {@code cancelled}, {@code client_gone}, {@code defect}, or the
   *     failure's reason in lower case
   * @param detail what its client was told of a failure; empty otherwise
   * @param turns that were completed
   * @param secondsIn of audio that came
   * @param secondsOut of audio that was sent
   */
  record SessionReport(
      long startNanos,
      long endNanos,
      String reason,
      String detail,
      int turns,
      double secondsIn,
      double secondsOut) {}

  /** A session stands in line for a seat. */
  default void waits(Who who) {}

  /** It stands there no more, admitted or not. */
  default void waitsNoMore(Who who) {}

  /** A session has a seat, after so long. */
  default void admitted(Who who, long waitedNanos) {}

  /** A session ended before it began, and its client was told, so long after it came. */
  default void rejected(Who who, SessionFailure why, long afterNanos) {}

  /** Audio came, so much later than it would have had it been paced since the first. */
  default void heard(Who who, long lateNanos) {}

  /** The first audio was sent, so long after the commit and after the prompt's last audio. */
  default void firstAudio(Who who, long sinceCommitNanos, long sinceSpeechNanos) {}

  /** Audio was sent. */
  default void sent(Who who, Sent piece) {}

  /** So many bytes more are made and not sent; fewer where it is negative. */
  default void buffered(Who who, long bytes) {}

  /** A turn is over. */
  default void turned(Who who, TurnReport turn) {}

  /** An admitted session is over. Nothing is told of it afterwards. */
  default void ended(Who who, SessionReport session) {}

  /** Tells several. */
  static SessionObserver all(List<SessionObserver> observers) {
    return new SessionObservers(observers);
  }
}
