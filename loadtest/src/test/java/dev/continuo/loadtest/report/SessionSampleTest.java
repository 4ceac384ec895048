// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionSampleTest {
  @Test
  void keepsEverySessionWhileThereIsRoomAndThenEvenlySpacedOnes() {
    SessionSample sample = new SessionSample(10);
    for (int i = 0; i < 10; i++) {
      sample.add(Runs.completed(i));
    }
    assertThat(sample.sessions()).hasSize(10);
    assertThat(sample.stride()).isEqualTo(1);
    for (int i = 10; i < 100; i++) {
      sample.add(Runs.completed(i));
    }
    assertThat(sample.stride()).isEqualTo(16);
    assertThat(sample.sessions())
        .extracting(session -> session.plan().number())
        .containsExactly(0, 16, 32, 48, 64, 80, 96);
  }
}
