// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What a session has left for the engine: audio that has arrived, and how far it may go.
 *
 * <p>The session reads no more from its client while much is here, so it is bounded.
 * <i>Thread-safe: by its lock, held for moments.</i>
 */
final class Inbox {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Arrived(float[] samples, long nanos) {}

  private final int stepSamples;
  private final Deque<Arrived> audio = new ArrayDeque<>();
  private int taken; // samples of the oldest piece
  private boolean committed;
  private long committedNanos;
  private long allowed;
  private boolean closed;

  /** An empty one, whose audio is taken in steps of at most {@code stepSamples}. */
  Inbox(int stepSamples) {
    this.stepSamples = stepSamples;
  }

  synchronized void hear(float[] samples, long nowNanos) {
    if (!closed) {
      audio.add(new Arrived(samples, nowNanos));
    }
  }

  synchronized void commit(long nowNanos) {
    committed = true;
    committedNanos = nowNanos;
  }

  synchronized void allow(long samples) {
    allowed = Math.max(allowed, samples);
  }

  synchronized void close() {
    closed = true;
    audio.clear();
    taken = 0;
  }

  synchronized boolean closed() {
    return closed;
  }

  synchronized boolean committed() {
    return committed;
  }

  synchronized long committedNanos() {
    return committedNanos;
  }

  synchronized long allowed() {
    return allowed;
  }

  synchronized boolean hasAudio() {
    return !audio.isEmpty();
  }

  /** When the oldest audio came; 0 where there is none any more. */
  synchronized long oldestNanos() {
    Arrived oldest = audio.peekFirst();
    return oldest == null ? 0 : oldest.nanos;
  }

  /** Takes the next audio, what has gathered in one piece; none if the session was closed. */
  synchronized float[] take() {
    float[] step = new float[stepSamples];
    int filled = 0;
    while (filled < stepSamples && !audio.isEmpty()) {
      float[] oldest = audio.getFirst().samples;
      int count = Math.min(stepSamples - filled, oldest.length - taken);
      System.arraycopy(oldest, taken, step, filled, count);
      filled += count;
      taken += count;
      if (taken == oldest.length) {
        audio.removeFirst();
        taken = 0;
      }
    }
    return filled == stepSamples ? step : Arrays.copyOf(step, filled);
  }
}
