// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import java.util.List;

/**
 * Turns units into speech.
 *
 * <p><i>Thread-safe: immutable weights; every stream has a state of its own.</i>
 */
public interface UnitVocoder extends AutoCloseable {

  /** Sample rate of the speech, in Hz. */
  int sampleRateHz();

  /** Number of distinct units; units are in {@code [0, unitCount)}. */
  int unitCount();

  /** Samples of one frame, that is of one unit that lasts one frame. */
  int samplesPerFrame();

  /** Number of voices to choose from, at least 1. */
  default int speakerCount() {
    return 1;
  }

  /** Number of speaking styles to choose from, at least 1. */
  default int styleCount() {
    return 1;
  }

  /** Whether it can speak with less look-ahead than makes its samples exact. */
  default boolean takesLookAhead() {
    return false;
  }

  /**
   * Starts a new utterance of the first voice in its first style, exactly. The caller closes the
   * stream.
   */
  Stream open();

  /**
   * Starts a new utterance. The caller closes the stream.
   *
   * @throws InputException if the vocoder has no such speaker or style, or cannot do with less
   *     look-ahead
   */
  default Stream open(Rendering rendering) {
    Rendering first = Rendering.first();
    if (rendering.speaker() != first.speaker()
        || rendering.style() != first.style()
        || rendering.lookAheadFrames() != first.lookAheadFrames()) {
      throw new InputException(
          "speaker %d, style %d: unknown (expected: 0 and 0, exactly; the vocoder has one voice)"
              .formatted(rendering.speaker(), rendering.style()));
    }
    return open();
  }

  /** Whether {@link #openDurations} can be asked. */
  default boolean predictsDurations() {
    return true;
  }

  /**
   * Starts predicting the durations of a new utterance. The caller closes the stream.
   *
   * @throws InputException if the vocoder cannot predict any
   */
  Durations openDurations();

  /**
   * Does a step of several streams, in common calls of the network where that is of use. What a
   * stream gives does not depend on its mates, to the bit, and one that fails does so alone.
   *
   * @param steps of streams of this vocoder, each stream once
   * @return the samples of each, in order
   */
  default List<Outcome<float[]>> step(List<Step> steps) {
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
   * @param stream is given the units
   * @param frameUnits the next ones of its utterance, one a frame; borrowed, not kept
   * @param last whether the utterance ends behind them
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  record Step(Stream stream, int[] frameUnits, boolean last) {

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
      return frameUnits.length == 0 && !last;
    }

    /** Does it without others. */
    public float[] alone() {
      float[] pushed = stream.push(frameUnits);
      return last ? Samples.concat(pushed, stream.finish()) : pushed;
    }
  }

  /**
   * One utterance on its way through the vocoder: however its units are cut into chunks, the
   * samples are those of the whole.
   *
   * <p><i>Serialised by the caller.</i>
   */
  interface Stream extends AutoCloseable {

    /**
     * Takes units, one a frame (a unit that lasts three frames is given three times), and returns
     * the samples that are certain now.
     *
     * @param frameUnits units in [0, unitCount); borrowed, not kept
     * @return mono samples at {@link #sampleRateHz()}, about -1..1, not clipped; often empty; owned
     *     by the caller
     * @throws IllegalArgumentException if a unit is out of range; then nothing was taken
     * @throws IllegalStateException after {@link #finish} or {@link #close}
     */
    float[] push(int[] frameUnits);

    /**
     * Ends the utterance and returns the rest of its samples: with those of {@link #push} {@link
     * #samplesPerFrame()} a frame.
     *
     * @throws IllegalStateException if called twice or after {@link #close}
     */
    float[] finish();

    /** Frees the state. Idempotent. */
    @Override
    void close();
  }

  /**
   * Predicts how long each deduplicated unit lasts.
   *
   * <p><i>Serialised by the caller.</i>
   */
  interface Durations extends AutoCloseable {

    /**
     * Takes deduplicated units and returns the durations that are certain now.
     *
     * @param units deduplicated units in [0, unitCount); borrowed, not kept
     * @return durations in frames, each at least 1, of the earliest units not yet answered; owned
     *     by the caller
     * @throws IllegalArgumentException if a unit is out of range; then nothing was taken
     * @throws IllegalStateException after {@link #finish} or {@link #close}
     */
    int[] push(int[] units);

    /**
     * Ends the utterance and returns the durations of the units not yet answered.
     *
     * @throws IllegalStateException if called twice or after {@link #close}
     */
    int[] finish();

    /** Frees the state. Idempotent. */
    @Override
    void close();
  }
}
