// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import java.util.List;

/** Several observers as one. <i>Thread-safe: as they are.</i> */
record SessionObservers(List<SessionObserver> all) implements SessionObserver {

  SessionObservers {
    all = List.copyOf(all);
  }

  @Override
  public void waits(Who who) {
    all.forEach(o -> o.waits(who));
  }

  @Override
  public void waitsNoMore(Who who) {
    all.forEach(o -> o.waitsNoMore(who));
  }

  @Override
  public void admitted(Who who, long waitedNanos) {
    all.forEach(o -> o.admitted(who, waitedNanos));
  }

  @Override
  public void rejected(Who who, SessionFailure why, long afterNanos) {
    all.forEach(o -> o.rejected(who, why, afterNanos));
  }

  @Override
  public void heard(Who who, long lateNanos) {
    all.forEach(o -> o.heard(who, lateNanos));
  }

  @Override
  public void firstAudio(Who who, long sinceCommitNanos, long sinceSpeechNanos) {
    all.forEach(o -> o.firstAudio(who, sinceCommitNanos, sinceSpeechNanos));
  }

  @Override
  public void sent(Who who, Sent piece) {
    all.forEach(o -> o.sent(who, piece));
  }

  @Override
  public void buffered(Who who, long bytes) {
    all.forEach(o -> o.buffered(who, bytes));
  }

  @Override
  public void turned(Who who, TurnReport turn) {
    all.forEach(o -> o.turned(who, turn));
  }

  @Override
  public void ended(Who who, SessionReport session) {
    all.forEach(o -> o.ended(who, session));
  }
}
