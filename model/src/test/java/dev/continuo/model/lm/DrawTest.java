// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Draws from given logits. */
final class DrawTest {
  private static final int DRAWS = 4000;

  private static CausalLanguageModel model;
  private static int vocabulary;

  @BeforeAll
  static void load() {
    model = LmCase.of("lm-qwen2").raw("cpu", Precision.F32);
    vocabulary = model.dimensions().vocabulary();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  /** Logits of a few likely ids; all others are very unlikely. */
  private static float[] logits(double... likely) {
    float[] logits = new float[vocabulary];
    Arrays.fill(logits, -100);
    for (int id = 0; id < likely.length; id++) {
      logits[id] = (float) likely[id];
    }
    return logits;
  }

  private static int[] draw(
      float[][] logits, double temperature, int topK, double topP, double penalty, int[]... seen) {
    int n = logits.length;
    float[] rows = new float[n * vocabulary];
    for (int i = 0; i < n; i++) {
      System.arraycopy(logits[i], 0, rows, i * vocabulary, vocabulary);
    }
    return model.draw(rows, how(0, n, new Sampling(temperature, topK, topP, penalty, 0), seen));
  }

  /** Rows first to last - 1 of a larger batch, each with its own random number. */
  private static DrawSettings how(int first, int last, Sampling sampling, int[]... seen) {
    DrawSettings how = new DrawSettings(last - first);
    for (int i = first; i < last; i++) {
      how.set(i - first, sampling, CounterHash.uniform(7, 3, i));
      how.penalise(i - first, i < seen.length ? seen[i] : new int[0]);
    }
    return how;
  }

  private static int greedy(double[] logits, double penalty, int... seen) {
    return draw(new float[][] {logits(logits)}, 0, 0, 1, penalty, seen)[0];
  }

  @Test
  void aPenaltyDividesPositiveLogitsAndMultipliesNegativeOnes() {
    double[] positive = {2, 1.9};
    assertThat(greedy(positive, 1.2)).isZero();
    assertThat(greedy(positive, 1.2, 0)).isOne();
    assertThat(greedy(positive, 1.04, 0)).isZero();
    double[] negative = {-2, -2.1};
    assertThat(greedy(negative, 1.2, 0)).isOne();
    assertThat(greedy(negative, 1.04, 0)).isZero();
    assertThat(greedy(new double[] {0.1, -0.1}, 50, 0, 1)).isZero();
  }

  @Test
  void aPenaltyConcernsItsOwnRowOnly() {
    float[][] rows = {logits(2, 1.9), logits(2, 1.9), logits(2, 1.9)};
    assertThat(draw(rows, 0, 0, 1, 1.2, new int[0], new int[] {0}, new int[0]))
        .containsExactly(0, 1, 0);
  }

  /** Chi-square against probabilities that are worked out here, filters and penalty included. */
  @Test
  void drawsFollowTheFilteredDistribution() {
    double[] likely = {1.5, 2.5, 0.5, 1.0, 2.0, -1.0};
    double temperature = 0.9;
    double[] p = new double[likely.length];
    for (int id = 0; id < p.length; id++) {
      double logit = id == 1 ? likely[id] / 1.3 : id == 5 ? likely[id] * 1.3 : likely[id];
      p[id] = Math.exp(logit / temperature);
    }
    // top-k 5 drops id 5; of what is left, top-p 0.9 drops id 2, the least likely
    p[5] = 0;
    double sum = Arrays.stream(p).sum();
    assertThat((sum - p[2]) / sum).isGreaterThan(0.9);
    assertThat((sum - p[2] - p[3]) / sum).isLessThan(0.9);
    p[2] = 0;
    sum = Arrays.stream(p).sum();
    float[][] rows = new float[DRAWS][];
    Arrays.fill(rows, logits(likely));
    int[][] seen = new int[DRAWS][];
    Arrays.fill(seen, new int[] {1, 5});
    int[] counts = new int[vocabulary];
    for (int id : draw(rows, temperature, 5, 0.9, 1.3, seen)) {
      counts[id]++;
    }
    double chiSquare = 0;
    for (int id = 0; id < p.length; id++) {
      double expected = DRAWS * p[id] / sum;
      if (expected == 0) {
        assertThat(counts[id]).as("id " + id).isZero();
      } else {
        chiSquare += Math.pow(counts[id] - expected, 2) / expected;
      }
    }
    assertThat(Arrays.stream(counts).sum()).isEqualTo(DRAWS);
    assertThat(chiSquare).as("3 degrees of freedom, 0.1 %").isLessThan(16.3);
  }

  @Test
  void equalLogitsAreTakenInTheOrderOfTheirIds() {
    assertThat(greedy(new double[] {1, 3, 3, 3}, 1)).isOne();
  }

  @Test
  void aRowsDrawDoesNotDependOnItsMates() {
    Random random = new Random(1);
    float[][] rows = new float[9][vocabulary];
    for (float[] row : rows) {
      for (int id = 0; id < vocabulary; id++) {
        row[id] = (float) random.nextGaussian();
      }
    }
    int[] together = draw(rows, 1, 40, 0.8, 1);
    float[] flat = rows[8];
    DrawSettings how = how(8, 9, new Sampling(1, 40, 0.8, 0));
    assertThat(model.draw(flat, how)[0]).isEqualTo(together[8]);
  }

  /** Rows that take the likeliest unit do so by another way where all of a batch do. */
  @Test
  void theLikeliestIsTheSameAmongDrawsAndAlone() {
    float[] tied = logits(1, 3, 3, 3);
    DrawSettings mixed = new DrawSettings(2);
    mixed.set(0, Sampling.greedy(), 0.99);
    mixed.set(1, new Sampling(1, 0, 1, 0), 0.5);
    assertThat(mixed.greedy()).isFalse();
    float[] both = Arrays.copyOf(tied, 2 * vocabulary);
    System.arraycopy(tied, 0, both, vocabulary, vocabulary);
    assertThat(model.draw(both, mixed)[0]).isEqualTo(greedy(new double[] {1, 3, 3, 3}, 1));
  }
}
