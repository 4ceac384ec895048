// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The language model against its reference tensors (tolerances: golden/case.json). */
final class DefaultBundleLmParityTest {
  private static final double TOLERANCE = 1e-3;
  private static final double GREEDY_MARGIN = 0.01;

  private static CausalLanguageModel model;
  private static int[] prompt;

  @BeforeAll
  static void load() {
    Bundle bundle = Golden.bundle();
    model =
        CausalLanguageModel.load(
            bundle.lm().folder(), bundle.lmIds(), ModelOptions.cpu(Precision.F32));
    prompt = Golden.ints("dedup_units");
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static float[] logits() {
    try (KvCache cache = model.newCache(1, prompt.length)) {
      Tokens tokens = new Tokens();
      tokens.add(0, 0, prompt);
      return model.logits(cache, tokens);
    }
  }

  @Test
  void logitsAreTheReference() {
    float[] expected = Golden.floats("lm_logits"); // of the last 8 positions
    float[] logits = logits();
    float[] last = Arrays.copyOfRange(logits, logits.length - expected.length, logits.length);
    Golden.assertClose(last, expected, TOLERANCE);
  }

  @Test
  void logProbabilitiesAreTheReference() {
    float[] logits = logits();
    int vocabulary = model.dimensions().vocabulary();
    float[] expected = Golden.floats("lm_logprobs");
    float[] actual = new float[expected.length];
    for (int i = 0; i < actual.length; i++) {
      double sum = 0;
      for (int id = 0; id < vocabulary; id++) {
        sum += Math.exp(logits[i * vocabulary + id]);
      }
      actual[i] = (float) (logits[i * vocabulary + prompt[i + 1]] - Math.log(sum));
    }
    Golden.assertClose(actual, expected, TOLERANCE);
  }

  @Test
  void greedyUnitsAreTheReference() {
    int[] expected = Golden.ints("greedy_units");
    float[] margin = Golden.floats("greedy_margin");
    try (UnitLanguageModel.Sequence sequence = model.open(prompt.length + expected.length)) {
      sequence.append(prompt);
      for (int i = 0; i < expected.length && margin[i] >= GREEDY_MARGIN; i++) {
        assertThat(sequence.next(Sampling.greedy(), 0)).as("step " + i).isEqualTo(expected[i]);
      }
    }
  }
}
