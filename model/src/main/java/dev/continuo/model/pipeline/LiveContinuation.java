// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.Sampling;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A recording that is played into a session in real time, as a microphone would give it, and its
 * continuation, made as fast as it can be. The recording starts at once; while the networks are
 * still being loaded its audio waits.
 *
 * <p><i>Immutable.</i>
 *
 * @param prompt what the recording is
 * @param seconds wanted length of the continuation in seconds
 * @param sampling how units are drawn
 * @param clock time and sleep
 */
public record LiveContinuation(Prompt prompt, double seconds, Sampling sampling, Clock clock) {

  /** Time, and waiting for it. <i>Serialised by the caller.</i> */
  public interface Clock extends Ticker {
    /**
     * Waits until {@link #nanos} has reached {@code nanos}, or a little less.
     *
     * @throws InterruptedException if interrupted
     */
    void sleepUntil(long nanos) throws InterruptedException;
  }

  /** Is told what happens while it happens. <i>Serialised by the caller.</i> */
  public interface Listener {
    /** So many samples of the recording have arrived. */
    void heard(int samples);

    /** New samples of the continuation, at the vocoder's rate, never empty; borrowed. */
    void said(float[] samples);
  }

  /**
   * What came of it.
   *
   * @param continuation the continuation
   * @param firstAudioNanos from the recording's end to the first samples said
   * @param loadingNanos part of it: until the networks were loaded
   * @param catchUpNanos part of it: until what had waited was encoded; the cut points of {@link
   *     Continuation#firstAudio} follow
   */
  public record Outcome(
      Continuation continuation, long firstAudioNanos, long loadingNanos, long catchUpNanos) {}

  /**
   * Plays and continues.
   *
   * @param loading gives the networks, borrowed
   * @param recording mono samples at the prompt's rate; borrowed
   * @throws InterruptedException if interrupted
   * @throws ExecutionException if the networks could not be loaded
   * @throws dev.continuo.model.InputException if the recording is too short, too long or no audio
   */
  public Outcome run(Future<Networks> loading, float[] recording, Listener listener)
      throws InterruptedException, ExecutionException {
    MicrophonePace pace = new MicrophonePace(recording.length, prompt.rateHz(), clock.nanos());
    long now = clock.nanos();
    while (!loading.isDone() && now < pace.endNanos()) {
      int arrived = pace.arrived(now);
      listener.heard(arrived);
      clock.sleepUntil(pace.nextNanos(arrived));
      now = clock.nanos();
    }
    Networks networks = loading.get();
    long readyNanos = Math.max(pace.endNanos(), clock.nanos());
    try (ContinuationSession session =
        ContinuationSession.open(networks, prompt, seconds, sampling, clock)) {
      listen(session, pace, recording, listener);
      long commitNanos = clock.nanos();
      session.commit();
      long firstNanos = 0;
      while (!session.ended()) {
        float[] samples = session.step();
        if (samples.length > 0) {
          firstNanos = firstNanos == 0 ? clock.nanos() : firstNanos;
          listener.said(samples);
        }
      }
      long firstAudioNanos = firstNanos == 0 ? 0 : firstNanos - pace.endNanos();
      return new Outcome(
          session.result(),
          firstAudioNanos,
          readyNanos - pace.endNanos(),
          commitNanos - readyNanos);
    }
  }

  private void listen(
      ContinuationSession session, MicrophonePace pace, float[] recording, Listener listener)
      throws InterruptedException {
    int pushed = 0;
    while (pushed < recording.length) {
      int arrived = pace.arrived(clock.nanos());
      if (arrived > pushed) {
        session.push(recording, pushed, arrived - pushed);
        pushed = arrived;
        listener.heard(arrived);
      } else {
        clock.sleepUntil(pace.nextNanos(pushed));
      }
    }
  }
}
