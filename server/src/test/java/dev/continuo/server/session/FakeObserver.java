// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import java.util.ArrayList;
import java.util.List;

/** Remembers what it was told. */
final class FakeObserver implements SessionObserver {
  final List<Object> told = new ArrayList<>();
  final List<Sent> sent = new ArrayList<>();
  final List<TurnReport> turns = new ArrayList<>();
  final List<SessionReport> sessions = new ArrayList<>();
  final List<SessionFailure> rejected = new ArrayList<>();
  final List<Long> lateNanos = new ArrayList<>();
  final List<Long> waitedNanos = new ArrayList<>();
  final List<Long> rejectedNanos = new ArrayList<>();
  final List<Long> firstAudioNanos = new ArrayList<>();
  int waiting;
  long bufferedBytes;

  @Override
  public void waits(Who who) {
    waiting++;
  }

  @Override
  public void waitsNoMore(Who who) {
    waiting--;
  }

  @Override
  public void admitted(Who who, long nanos) {
    told.add(who);
    waitedNanos.add(nanos);
  }

  @Override
  public void rejected(Who who, SessionFailure why, long afterNanos) {
    rejected.add(why);
    rejectedNanos.add(afterNanos);
  }

  @Override
  public void heard(Who who, long nanos) {
    lateNanos.add(nanos);
  }

  @Override
  public void firstAudio(Who who, long sinceCommitNanos, long sinceSpeechNanos) {
    firstAudioNanos.add(sinceCommitNanos);
    firstAudioNanos.add(sinceSpeechNanos);
  }

  @Override
  public void sent(Who who, Sent piece) {
    sent.add(piece);
  }

  @Override
  public void buffered(Who who, long bytes) {
    bufferedBytes += bytes;
  }

  @Override
  public void turned(Who who, TurnReport turn) {
    turns.add(turn);
  }

  @Override
  public void ended(Who who, SessionReport session) {
    sessions.add(session);
  }
}
