// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.v1.UnitSpan;
import java.util.List;

/**
 * The models' side of one session. Every method returns at once; what comes of it arrives as {@link
 * Event}s, in order, at the listener that the voice was opened with.
 *
 * <p><i>Serialised by the caller; events come from any thread.</i>
 */
public interface Voice {

  /** Sample rate of {@link Said#samples}, in Hz. */
  int sampleRateHz();

  /**
   * Takes prompt audio.
   *
   * @param samples mono, about -1..1, at the rate the voice was opened with; kept
   */
  void hear(float[] samples);

  /** Ends the prompt. */
  void commit();

  /** Lets {@code samples} of speech in all be made, counted from the commit; never fewer. */
  void allow(long samples);

  /**
   * Says that the client is silent: until it goes on, by {@link #hear} or {@link #commit}, others
   * may have what the voice holds, its seat included. What was heard stays.
   */
  default void rest() {}

  /**
   * Since when it waits for a seat again, its client having gone on, by the session's ticker;
   * {@code Long.MAX_VALUE} where it does not. It goes on by itself when it has one.
   */
  default long waitsSinceNanos() {
    return Long.MAX_VALUE;
  }

  /**
   * Ends the voice and frees what it holds, soon. No event follows a close for long. Idempotent.
   */
  void close();

  /** Something that a voice did. */
  sealed interface Event permits Heard, Committed, Said, Ended, Failed {}

  /**
   * Audio has gone through the tokenizer.
   *
   * @param consumedSamples of the prompt in all, at its rate
   * @param units deduplicated units whose runs opened
   */
  record Heard(long consumedSamples, List<Integer> units) implements Event {}

  /** The whole prompt is context of the language model. */
  record Committed() implements Event {}

  /**
   * Speech.
   *
   * @param samples mono, about -1..1, not clipped; maybe none; owned by the receiver
   * @param drawn units drawn, repeats merged, since the last time
   * @param units of the speech whose lengths became known since the last time, in order
   * @param sinceCommit where the time since the commit went, by the engine's clock; {@code WAIT} is
   *     time spent waiting for the engine
   * @param atNanos when it was handed over, by the session's ticker
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Said(
      float[] samples,
      List<Integer> drawn,
      List<UnitSpan> units,
      StageTimes sinceCommit,
      long atNanos)
      implements Event {}

  /**
   * Everything is said.
   *
   * @param end why
   * @param times each stage's time in the whole turn
   */
  record Ended(Continuation.End end, StageTimes times) implements Event {}

  /** The voice cannot go on. */
  record Failed(RuntimeException cause) implements Event {}
}
