// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import org.junit.jupiter.api.Test;

class ContinuationLimitsTest {
  private final Bench bench = Bench.hashed();

  @Test
  void rejectsAPromptShorterThanAUnit() {
    try (ContinuationSession session = bench.open(4000, Prompt.UNKNOWN, 1)) {
      session.push(new float[168], 0, 168);
      assertThatThrownBy(session::commit)
          .isInstanceOf(InputException.class)
          .hasMessage(
              "in.wav: shorter than one unit, 168 samples at 4000 Hz, 42 at the encoder's 1000 Hz"
                  + " (expected: at least 43 there, 43.0 ms)");
    }
    assertThat(bench.ledger.open()).isZero();
  }

  @Test
  void acceptsThePromptOfOneUnit() {
    try (ContinuationSession session = bench.open(1)) {
      assertThat(Bench.run(session, new float[43])).hasSize(2000);
      assertThat(session.result().promptUnits()).isEqualTo(1);
    }
  }

  @Test
  void rejectsAPromptWithoutSamples() {
    try (ContinuationSession session = bench.open(1)) {
      assertThatThrownBy(session::commit)
          .isInstanceOf(InputException.class)
          .hasMessage("in.wav: no audio, 0 samples (expected: speech)");
    }
  }

  @Test
  void rejectsASampleThatIsNoNumber() {
    try (ContinuationSession session = bench.open(1)) {
      session.push(new float[10], 0, 10);
      assertThatThrownBy(() -> session.push(new float[] {9, 0, Float.NaN}, 1, 2))
          .isInstanceOf(InputException.class)
          .hasMessage("in.wav: sample 11 is NaN (expected: a number)");
    }
  }

  @Test
  void rejectsAPromptThatFillsTheContext() {
    float[] prompt = Bench.prompt(1, 2000);
    int units = Bench.promptUnits(prompt).size();
    Bench full = Bench.withPositions(units);
    try (ContinuationSession session = full.open(1)) {
      session.push(prompt, 0, prompt.length);
      assertThatThrownBy(session::commit)
          .isInstanceOf(InputException.class)
          .hasMessage(
              "in.wav: prompt too long, %d units in 2.0 s (expected: at most %d units, at least %.1f s)",
              units, units - 1, (units - 1) / 25.0);
    }
    assertThat(full.ledger.open()).isZero();
  }

  @Test
  void takesMemoryForThePromptAndTheContinuation() {
    bench.open(8000, 8000 * 4, 2).close();
    int continuation = 2 * 25 * 5 / 4 + 1 + 8;
    assertThat(bench.languageModel.positions()).isEqualTo(4 * 25 + continuation);
    bench.open(8000, Prompt.UNKNOWN, 2).close();
    assertThat(bench.languageModel.positions()).isEqualTo(Bench.MAX_POSITIONS);
  }

  @Test
  void rejectsMoreSamplesThanAnnounced() {
    try (ContinuationSession session = bench.open(FakeEncoder.RATE_HZ, 100, 1)) {
      session.push(new float[60], 0, 60);
      assertThatThrownBy(() -> session.push(new float[60], 0, 41))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("prompt samples: 101 (expected: at most 100)");
    }
  }

  @Test
  void rejectsLengthsThatAreNone() {
    for (double seconds : new double[] {0, -1, Double.NaN, 1e9}) {
      assertThatThrownBy(() -> bench.open(seconds))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("(expected: > 0, <= 86400)");
    }
  }

  @Test
  void rejectsCallsOutOfOrder() {
    float[] prompt = Bench.prompt(2, 500);
    try (ContinuationSession session = bench.open(0.1)) {
      assertThatThrownBy(session::step).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(session::result).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> session.push(prompt, 1, 500))
          .isInstanceOf(IndexOutOfBoundsException.class);
      session.push(prompt, 0, 500);
      session.commit();
      assertThatThrownBy(() -> session.push(prompt, 0, 1))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
      Bench.drain(session);
      assertThatThrownBy(session::step).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void leavesNothingOpenWhereOpeningFails() {
    Bench failing = Bench.withPositions(0);
    assertThatThrownBy(() -> failing.open(1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(failing.ledger.open()).isZero();
  }

  @Test
  void closesTwice() {
    ContinuationSession session = bench.open(1);
    assertThat(bench.ledger.open()).isEqualTo(4);
    session.close();
    session.close();
    assertThat(bench.ledger.open()).isZero();
  }
}
