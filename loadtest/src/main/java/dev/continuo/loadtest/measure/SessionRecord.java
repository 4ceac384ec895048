// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import dev.continuo.loadtest.plan.SessionPlan;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one session when it is over. <i>Immutable.</i>
 *
 * @param plan what it was to do
 * @param turn its place among the sessions of the same person, from 0
 * @param measured whether it counts: it was to be opened after the warm-up
 * @param sessionId the server's name for it, empty if it gave none
 * @param outcome how it ended
 * @param status the gRPC status, with the server's reason after a colon; {@code OK}; or one of the
 *     driver's own: {@code PROTOCOL}, {@code TIMEOUT}, {@code INTERRUPTED}, {@code VANISHED},
 *     {@code STALLED}
 * @param message what there is to say about it, for a person
 * @param times when things happened
 * @param sent how the prompt went out
 * @param heard how the continuation came in
 * @param trace what the server says of it, if it did
 */
public record SessionRecord(
    SessionPlan plan,
    int turn,
    boolean measured,
    String sessionId,
    Outcome outcome,
    String status,
    String message,
    Timeline times,
    Sent sent,
    Heard heard,
    @Nullable Trace trace) {

  /** Whether audio came while the prompt was still being spoken, as from an echo. */
  public boolean echoed() {
    return times.firstPacketNanos() != Timeline.NEVER
        && times.firstPacketNanos() < times.promptEndNanos();
  }

  /** From the intended commit to the first audio, or {@link Timeline#NEVER}. */
  public long firstAudioNanos() {
    return times.firstPacketNanos() == Timeline.NEVER
        ? Timeline.NEVER
        : times.firstPacketNanos() - times.commitNanos();
  }

  /** The same without the single pieces of audio. */
  public SessionRecord summary() {
    return new SessionRecord(
        plan,
        turn,
        measured,
        sessionId,
        outcome,
        status,
        message,
        times,
        sent,
        heard.summary(),
        trace);
  }
}
