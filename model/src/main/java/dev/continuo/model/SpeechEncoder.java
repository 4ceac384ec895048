// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import java.util.List;

/**
 * Turns speech into discrete units, one a frame.
 *
 * <p><i>Thread-safe: immutable weights; every stream has a state of its own.</i>
 */
public interface SpeechEncoder extends AutoCloseable {

  /** Sample rate of the audio that {@link Stream#push} takes, in Hz. */
  int sampleRateHz();

  /** Number of distinct units; units are in {@code [0, unitCount)}. */
  int unitCount();

  /** Units a second of audio. */
  double unitRateHz();

  /** Fewest samples that give a unit. */
  int minimumSamples();

  /** Starts on a new recording; what is given stays. The caller closes the stream. */
  Stream open();

  /**
   * Starts on a new recording whose units may be given before they are certain, see {@link
   * Stream#withdrawn}. The caller closes the stream.
   *
   * @throws InputException if the encoder needs no policy: its units are certain as they are given
   */
  default Stream open(StreamingPolicy policy) {
    throw new InputException(
        "streaming policy: given (expected: none, the encoder is exact however audio arrives)");
  }

  /** Whether {@link #open(StreamingPolicy)} is of use. */
  default boolean takesPolicy() {
    return false;
  }

  /**
   * Does a step of several streams, in common calls of the network where that is of use. What a
   * stream gives does not depend on its mates, to the bit, and one that fails does so alone.
   *
   * @param steps of streams of this encoder, each stream once
   * @return what each came to, in order
   */
  default List<Outcome<Units>> step(List<Step> steps) {
    return steps.stream().map(step -> Outcome.of(step::alone)).toList();
  }

  /**
   * Most streams that are worth a common {@link #step}: 1 where each costs what it costs alone, so
   * that waiting for the others gains nothing.
   */
  default int mostTogether() {
    return 1;
  }

  /** Frees the weights. Idempotent; open streams must be closed before. */
  @Override
  void close();

  /**
   * What one stream does in a step.
   *
   * @param stream is given the samples
   * @param samples all of them the next ones of its recording; borrowed, not kept
   * @param last whether the recording ends behind them
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  record Step(Stream stream, float[] samples, boolean last) {
    private static final int[] NONE = {};

    /** Does it without others. */
    public Units alone() {
      int[] pushed = stream.push(samples, 0, samples.length);
      return new Units(pushed, last ? stream.finish() : NONE);
    }
  }

  /**
   * What a step gave.
   *
   * @param pushed what {@link Stream#push} returns
   * @param last what {@link Stream#finish} returns; empty where the recording goes on
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  record Units(int[] pushed, int[] last) {}

  /**
   * One recording on its way through the encoder: however it is cut into chunks, the units are
   * those of the whole.
   *
   * <p><i>Serialised by the caller.</i>
   */
  interface Stream extends AutoCloseable {

    /**
     * Takes the next samples and returns the units that are certain now.
     *
     * @param samples mono audio in -1..1 at {@link #sampleRateHz()}; borrowed, not kept
     * @param offset index of the first sample to take
     * @param length number of samples to take, 0 allowed
     * @return newly committed units, one a frame, in order; often empty; owned by the caller
     * @throws IndexOutOfBoundsException if the range is not inside {@code samples}
     * @throws IllegalStateException after {@link #finish} or {@link #close}
     */
    int[] push(float[] samples, int offset, int length);

    /**
     * Ends the recording and returns the units that waited for more audio.
     *
     * @return the last units; owned by the caller
     * @throws IllegalStateException if called twice or after {@link #close}
     */
    int[] finish();

    /**
     * How many of the units that {@link #push} gave were taken back by {@link #finish}, from the
     * last one on: what it returned stands in their place. Always 0 unless the stream was opened
     * with a policy whose mode is exact.
     */
    default int withdrawn() {
      return 0;
    }

    /** Frees the state. Idempotent. */
    @Override
    void close();
  }
}
