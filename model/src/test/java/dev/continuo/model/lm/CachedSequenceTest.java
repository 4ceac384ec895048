// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sequence's draws do not depend on how it was given, nor a row's logits on its mates. */
final class CachedSequenceTest {
  private static CausalLanguageModel model;
  private static int[] prompt;

  @BeforeAll
  static void load() {
    Bundle bundle = Golden.bundle();
    model =
        CausalLanguageModel.load(
            bundle.lm().folder(), bundle.lmIds(), ModelOptions.cpu(Precision.FP16));
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

  private static int[] drawn(Sampling sampling, Random cuts, int steps) {
    try (UnitLanguageModel.Sequence sequence = model.open(256)) {
      for (int at = 0; at < prompt.length; ) {
        int n = Math.min(cuts.nextInt(12), prompt.length - at);
        sequence.append(Arrays.copyOfRange(prompt, at, at + n));
        at += n;
      }
      int[] units = new int[steps];
      for (int i = 0; i < steps; i++) {
        units[i] = sequence.next(sampling, 0);
      }
      return units;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void anySplitOfThePromptDrawsTheSameUnits(int seed) {
    Sampling sampling = Sampling.defaults(seed);
    assertThat(drawn(sampling, new Random(seed), 64))
        .isEqualTo(drawn(sampling, new Random(100 + seed), 64));
  }

  @Test
  void seedsDrawDifferentContinuations() {
    assertThat(drawn(Sampling.defaults(1), new Random(0), 32))
        .isNotEqualTo(drawn(Sampling.defaults(2), new Random(0), 32));
  }

  @Test
  void oneTokenAtATimeGivesTheLogitsOfOnePass() {
    try (KvCache whole = model.newCache(1, prompt.length);
        KvCache steps = model.newCache(1, prompt.length)) {
      Tokens all = new Tokens();
      all.add(0, 0, prompt);
      float[] expected = model.logits(whole, all);
      int vocabulary = model.dimensions().vocabulary();
      for (int i = 0; i < prompt.length; i++) {
        Tokens one = new Tokens();
        one.add(0, i, prompt[i]);
        Golden.assertClose(
            model.logits(steps, one),
            Arrays.copyOfRange(expected, i * vocabulary, (i + 1) * vocabulary),
            1e-4);
      }
    }
  }

  /** Three rows of different lengths in one pass against each alone: equal to the bit. */
  @Test
  void rowsDoNotDependOnTheirMates() {
    int[] lengths = {3, 47, 20};
    try (KvCache together = model.newCache(3, 64)) {
      Tokens prefill = new Tokens();
      Tokens step = new Tokens();
      for (int row = 0; row < 3; row++) {
        prefill.add(row, 0, Arrays.copyOf(prompt, lengths[row]));
        step.add(row, lengths[row], 7);
      }
      model.fill(together, prefill);
      float[] batch = model.logits(together, step);
      int vocabulary = model.dimensions().vocabulary();
      for (int row = 0; row < 3; row++) {
        try (KvCache alone = model.newCache(1, 64)) {
          Tokens tokens = new Tokens();
          tokens.add(0, 0, Arrays.copyOf(prompt, lengths[row]));
          model.fill(alone, tokens);
          Tokens last = new Tokens();
          last.add(0, lengths[row], 7);
          assertThat(Arrays.copyOfRange(batch, row * vocabulary, (row + 1) * vocabulary))
              .isEqualTo(model.logits(alone, last));
        }
      }
    }
  }

  @Test
  void topKAndTopPLimitWhatIsDrawn() {
    float[] logits;
    try (KvCache cache = model.newCache(1, prompt.length)) {
      Tokens tokens = new Tokens();
      tokens.add(0, 0, prompt);
      float[] all = model.logits(cache, tokens);
      logits = Arrays.copyOfRange(all, all.length - model.dimensions().vocabulary(), all.length);
    }
    Integer[] order = new Integer[500];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
    for (int seed = 0; seed < 40; seed++) {
      assertThat(first(new Sampling(1.5, 3, 1, seed))).isIn(order[0], order[1], order[2]);
      assertThat(first(new Sampling(1.5, 0, 1e-6, seed))).isEqualTo(order[0]);
      assertThat(first(new Sampling(0, 0, 1, seed))).isEqualTo(order[0]);
    }
  }

  private static int first(Sampling sampling) {
    return drawn(sampling, new Random(0), 1)[0];
  }

  /** Chi-square of 2000 draws against the model's own distribution of the eight likeliest units. */
  @Test
  void drawsFollowTheDistribution() {
    int vocabulary = model.dimensions().vocabulary();
    try (KvCache cache = model.newCache(1, 64)) {
      Tokens tokens = new Tokens();
      tokens.add(0, 0, prompt);
      float[] all = model.logits(cache, tokens);
      float[] logits = Arrays.copyOfRange(all, all.length - vocabulary, all.length);
      Integer[] order = new Integer[500];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
      double[] p = new double[8];
      for (int i = 0; i < p.length; i++) {
        p[i] = Math.exp((logits[order[i]] - logits[order[0]]) / 1.3);
      }
      double sum = Arrays.stream(p).sum();
      int[] counts = new int[p.length];
      int draws = 2000;
      float[] rows = new float[draws * vocabulary];
      DrawSettings how = new DrawSettings(draws);
      for (int i = 0; i < draws; i++) {
        System.arraycopy(logits, 0, rows, i * vocabulary, vocabulary);
        how.set(i, new Sampling(1.3, p.length, 1, 0), CounterHash.uniform(99, 0, i));
      }
      for (int unit : model.draw(rows, how)) {
        counts[Arrays.asList(order).indexOf(unit)]++;
      }
      double chiSquare = 0;
      for (int i = 0; i < p.length; i++) {
        double expected = draws * p[i] / sum;
        chiSquare += Math.pow(counts[i] - expected, 2) / expected;
      }
      assertThat(chiSquare).as("chi-square, 7 degrees of freedom, 0.1 %").isLessThan(24.3);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> model.open(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model.open(4096)).hasMessage("positions: 4096 (expected: 1 to 2048)");
    try (UnitLanguageModel.Sequence sequence = model.open(4)) {
      assertThatThrownBy(() -> sequence.next(Sampling.greedy(), 0)).hasMessage("sequence is empty");
      assertThatThrownBy(() -> sequence.append(new int[] {500}))
          .hasMessage("units[0]: 500 (expected: 0 to 499)");
      sequence.append(new int[] {1, 2, 3, 4});
      assertThatThrownBy(() -> sequence.append(new int[] {5}))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> sequence.next(Sampling.greedy(), 0))
          .hasMessage("sequence is full: 4 positions");
    }
  }
}
