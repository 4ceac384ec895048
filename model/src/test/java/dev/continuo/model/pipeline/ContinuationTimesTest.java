// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ContinuationTimesTest {
  private static final Map<Stage, Long> COST =
      Map.of(
          Stage.TOKENIZE, 1_000L,
          Stage.PREFILL, 20_000L,
          Stage.DECODE, 300_000L,
          Stage.DURATIONS, 4_000_000L,
          Stage.VOCODE, 50_000_000L);
  private static final long PACE_NANOS = 600_000_000L;

  private final Bench bench = Bench.hashed();
  private long openedNanos;
  private long committedNanos;
  private long firstAudioNanos;
  private long endedNanos;

  @Test
  void stagesSumToTheWhole() {
    Continuation result = run();
    assertThat(result.times().totalNanos()).isEqualTo(endedNanos - openedNanos);
    assertThat(result.times().computeNanos())
        .isEqualTo(result.times().totalNanos() - result.times().of(Stage.WAIT));
  }

  @Test
  void cutPointsSumFromTheCommitToTheFirstAudio() {
    Continuation result = run();
    assertThat(result.firstAudio().totalNanos()).isEqualTo(firstAudioNanos - committedNanos);
    assertThat(firstAudioNanos).isLessThan(endedNanos);
  }

  @Test
  void eachStageHasTheTimeOfItsCalls() {
    Continuation result = run();
    COST.forEach(
        (stage, nanos) ->
            assertThat(result.times().of(stage) / nanos)
                .as("%s", stage)
                .isEqualTo(bench.ledger.work(stage)));
  }

  @Test
  void theCallersTimeIsWaiting() {
    Continuation result = run();
    assertThat(result.times().of(Stage.WAIT) / PACE_NANOS).isEqualTo(100);
    assertThat(result.firstAudio().of(Stage.WAIT)).isLessThan(PACE_NANOS);
  }

  /** A paced prompt of 100 chunks, then steps without a pause. */
  private Continuation run() {
    bench.ledger.onWork(stage -> bench.ticker.advance(COST.getOrDefault(stage, 0L)));
    float[] prompt = Bench.prompt(3, 2000);
    try (ContinuationSession session = bench.open(1)) {
      openedNanos = bench.ticker.nowNanos();
      for (int at = 0; at < prompt.length; at += 20) {
        bench.ticker.advance(PACE_NANOS);
        session.push(prompt, at, 20);
      }
      committedNanos = bench.ticker.nowNanos() + 1;
      session.commit();
      while (!session.ended()) {
        if (session.step().length > 0 && firstAudioNanos == 0) {
          firstAudioNanos = bench.ticker.nowNanos();
        }
      }
      endedNanos = bench.ticker.nowNanos();
      return session.result();
    }
  }
}
