// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Stages;
import org.junit.jupiter.api.Test;

class TimingTest {
  private static final long MILLI = 1_000_000;

  /** Spoken at 1 s, committed 2 ms later, heard 60 ms after that. */
  private final Timing timing = new Timing(1000 * MILLI, 1002 * MILLI, 1062 * MILLI);

  private final LatencyTrace trace =
      LatencyTrace.newBuilder()
          .setFirstAudio(
              Stages.newBuilder()
                  .setQueueMicros(1000)
                  .setTokenizeMicros(2000)
                  .setPrefillMicros(3000)
                  .setDecodeMicros(30_000)
                  .setVocodeMicros(15_000)
                  .setEncodeMicros(4000))
          .setFirstAudioMicros(55_000)
          .build();

  @Test
  void theNetworkIsWhatTheServerDoesNotKnowOf() {
    assertThat(timing.networkNanos(trace)).isEqualTo(5 * MILLI);
    assertThat(timing.afterCommitNanos()).isEqualTo(60 * MILLI);
    assertThat(timing.afterPromptNanos()).isEqualTo(62 * MILLI);
  }

  @Test
  void theStepsSumToTheWholeWayFromThePromptsEnd() {
    assertThat(timing.waterfall(trace).render("first audio"))
        .containsSubsequence(
            "send             2.0 ms",
            "queue            1.0 ms",
            "tokenize         2.0 ms",
            "prefill          3.0 ms",
            "decode          30.0 ms",
            "vocode          15.0 ms",
            "encode           4.0 ms",
            "network          5.0 ms",
            "first audio     62.0 ms");
  }

  @Test
  void soundBeforeTheCommitIsNoAnswer() {
    assertThat(timing.isAnswer()).isTrue();
    assertThat(new Timing(10, 20, 19).isAnswer()).isFalse();
    assertThat(new Timing(10, 20, 0).isAnswer()).isFalse();
  }
}
