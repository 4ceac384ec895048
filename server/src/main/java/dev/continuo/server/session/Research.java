// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.Sampling;
import dev.continuo.v1.GenerateResponse;
import dev.continuo.v1.ScoreConvention;
import dev.continuo.v1.ScoreResponse;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.VocodeResponse;
import java.util.List;

/**
 * A bundle's models one by one. Every call returns at once, and takes a seat until it is done.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Research {

  /** Audio on its way into units. <i>Serialised by the caller.</i> */
  interface Feed {
    /** Takes audio: mono, at the rate the feed was opened with; kept. */
    void hear(float[] samples);

    /** Ends the audio. */
    void finish();

    /** Ends the call and frees what it holds, soon. Idempotent. */
    void close();
  }

  /**
   * Audio to units.
   *
   * @param raw whether each frame is a result of its own
   * @throws SessionFailure if there is no room
   */
  Feed tokenize(int rateHz, boolean raw, Results<TokenizeResponse> results);

  /**
   * Units to audio.
   *
   * @param units deduplicated units
   * @param durations frames of each; predicted where there are none
   * @throws SessionFailure if there is no room or the units are wrong
   */
  void vocode(
      List<Integer> units,
      List<Integer> durations,
      AudioKind output,
      Results<VocodeResponse> results);

  /**
   * Units to more units.
   *
   * @throws SessionFailure if there is no room or the units are wrong or too many
   */
  void generate(
      List<Integer> units, Sampling sampling, int maxUnits, Results<GenerateResponse> results);

  /**
   * Units to log-likelihoods.
   *
   * @throws SessionFailure if there is no room or a sequence is wrong
   */
  void score(
      List<List<Integer>> sequences, ScoreConvention convention, Results<ScoreResponse> results);

  /** Results are wanted again, or nobody waits for them any more. */
  void wake();
}
