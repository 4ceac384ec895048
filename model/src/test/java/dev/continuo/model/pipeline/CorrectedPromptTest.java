// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * An encoder that gives units early and corrects them at the end changes nothing of what is said.
 */
class CorrectedPromptTest {

  @Test
  void theContinuationIsThatOfTheCorrectUnits() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      float[] prompt = Bench.prompt(seed, 300 + random.nextInt(4000));
      Bench sure = Bench.hashed();
      Bench hesitant = Bench.hesitant();
      try (ContinuationSession expected = sure.open(1);
          ContinuationSession session = hesitant.open(1)) {
        float[] samples = Bench.run(expected, prompt);
        for (int at = 0; at < prompt.length; ) {
          int length = Math.min(prompt.length - at, 1 + random.nextInt(700));
          session.push(prompt, at, length);
          at += length;
        }
        session.commit();
        assertThat(hesitant.languageModel.context()).isEqualTo(Bench.promptUnits(prompt));
        assertThat(Bench.drain(session)).as("seed %d", seed).isEqualTo(samples);
        assertThat(session.result().promptUnits()).isEqualTo(expected.result().promptUnits());
      }
      assertThat(hesitant.ledger.open()).isZero();
    }
  }

  @Test
  void callersAreToldUnitsThatStayOnly() {
    float[] prompt = Bench.prompt(3, 4000);
    Bench bench = Bench.hesitant();
    try (ContinuationSession session = bench.open(1)) {
      assertThat(session.push(prompt, 0, prompt.length)).isEmpty();
      assertThat(bench.languageModel.context()).isNotEmpty();
      List<Integer> told = Arrays.stream(session.commit()).boxed().toList();
      assertThat(told).isEqualTo(Bench.promptUnits(prompt));
      assertThat(session.withdrawnUnits()).isPositive().isLessThan(told.size());
    }
  }

  @Test
  void whatIsRightStaysInTheContext() {
    float[] prompt = Bench.prompt(5, 4000);
    Bench bench = Bench.hesitant();
    try (ContinuationSession session = bench.open(1)) {
      session.push(prompt, 0, prompt.length);
      int before = bench.languageModel.context().size();
      session.commit();
      int appended = bench.languageModel.appends().get(bench.languageModel.appends().size() - 1);
      assertThat(appended)
          .isEqualTo(bench.languageModel.context().size() - (before - session.withdrawnUnits()));
      assertThat(appended).isLessThan(bench.languageModel.context().size());
    }
  }
}
