// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.v1.ScoreResponse;
import dev.continuo.v1.SequenceScore;
import java.util.List;

/** Log-likelihoods of sequences, one a step. <i>Confined to the engine thread.</i> */
final class ScoreTask extends ResearchTask<ScoreResponse> {
  private final UnitLanguageModel model;
  private final List<int[]> sequences;
  private final boolean bounded;
  private final ScoreResponse.Builder response = ScoreResponse.newBuilder();

  /**
   * A task.
   *
   * @param bounded whether start and end stand around each sequence
   */
  ScoreTask(
      UnitLanguageModel model,
      List<int[]> sequences,
      boolean bounded,
      String bundle,
      Results<ScoreResponse> results,
      Seats.Seat seat,
      Ticker ticker) {
    super(Stage.PREFILL, bundle, results, seat, ticker);
    this.model = model;
    this.sequences = sequences;
    this.bounded = bounded;
  }

  @Override
  boolean work(Results<ScoreResponse> out) {
    int done = response.getScoresCount();
    if (done < sequences.size()) {
      float[] nll = model.nll(sequences.get(done), bounded);
      double sum = 0;
      for (float each : nll) {
        sum += each;
      }
      response.addScores(
          SequenceScore.newBuilder()
              .setNll(sum)
              .setTokens(nll.length)
              .setMeanNll(sum / nll.length));
      return false;
    }
    out.next(response.build());
    return true;
  }

  @Override
  void release() {}
}
