// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  private static final Prompts PROMPTS = Prompts.bundled(Codec.PCM16);

  private static Workload workload(double stall, double vanish, long seed) {
    return new Workload(
        PROMPTS,
        Lengths.parse("uniform:1,3"),
        Lengths.fixed(6),
        Lengths.fixed(1),
        stall,
        vanish,
        seed);
  }

  @Test
  void aSessionIsTheSameWheneverItIsDrawn() {
    Workload workload = workload(0.1, 0.1, 9);
    SessionPlan late = workload.session(17);
    workload.session(3);
    assertThat(workload(0.1, 0.1, 9).session(17)).isEqualTo(late);
    assertThat(workload(0.1, 0.1, 10).session(17)).isNotEqualTo(late);
  }

  @Test
  void phasesFillTheFrameEvenlySoThatNobodySpeaksInStep() {
    Workload workload = workload(0, 0, 1);
    int[] quarters = new int[4];
    for (int i = 0; i < 4000; i++) {
      long phase = workload.session(i).phaseNanos();
      assertThat(phase).isBetween(0L, Prompts.FRAME_NANOS - 1);
      quarters[(int) (4 * phase / Prompts.FRAME_NANOS)]++;
    }
    assertThat(quarters)
        .satisfies(q -> assertThat(q[0]).isBetween(880, 1120))
        .satisfies(q -> assertThat(q[3]).isBetween(880, 1120));
  }

  @Test
  void behavioursHaveTheSharesThatWereAskedFor() {
    Workload workload = workload(0.2, 0.1, 4);
    Map<Behaviour, Integer> counts = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      counts.merge(workload.session(i).behaviour(), 1, Integer::sum);
    }
    assertThat(counts.getOrDefault(Behaviour.STALL, 0) / 1e4).isCloseTo(0.2, within(0.02));
    assertThat(counts.getOrDefault(Behaviour.VANISH, 0) / 1e4).isCloseTo(0.1, within(0.02));
  }

  @Test
  void promptsAreWholeFramesAndEveryRecordingGetsItsTurn() {
    Workload workload = workload(0, 0, 1);
    assertThat(java.util.stream.IntStream.range(0, 50).mapToObj(workload::session))
        .allMatch(s -> s.promptFrames() >= 50 && s.promptFrames() <= 150)
        .extracting(SessionPlan::recording)
        .containsAll(PROMPTS.recordings());
  }

  @Test
  void refusesSharesBeyondTheWhole() {
    assertThatThrownBy(() -> workload(0.7, 0.7, 1))
        .hasMessage("stallShare, vanishShare: 0.7, 0.7 (expected: 0 to 1, together at most 1)");
  }
}
