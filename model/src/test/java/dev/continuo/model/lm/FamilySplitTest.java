// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.Precision;
import dev.continuo.model.torch.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pass gives depends neither on how a sequence was split nor on the pass's other rows. */
final class FamilySplitTest {
  private static final int[] LENGTHS = {640, 350, 37};
  private static final double TOLERANCE = 1e-4;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private static Path folder;

  static Stream<LmCase> cases() {
    return Stream.concat(
        Stream.of(
                "lm-opt",
                "lm-opt350",
                "lm-gpt-neox",
                "lm-bloom",
                "lm-llama",
                "lm-qwen2",
                "lm-slamkit")
            .map(LmCase::of),
        Stream.of("qwen2-window", "neox-serial", "opt-bare", "bloom-six-heads", "llama-biases")
            .map(name -> new LmCase("lm-variants", name, name)));
  }

  static Stream<Arguments> casesInPrecisions() {
    return cases()
        .flatMap(
            c ->
                Stream.of(Precision.F32, Precision.FP16)
                    .map(precision -> Arguments.of(c, precision)));
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  /** A part of a row that is computed at once. */
  private record Part(int row, int start, int end) {
    int length() {
      return end - start;
    }
  }

  /** Parts of rows that end at the given lengths, pass after pass; rows join passes at random. */
  private static List<List<Part>> passes(Random random, int[] lengths) {
    int[] done = new int[lengths.length];
    List<List<Part>> passes = new ArrayList<>();
    while (!Arrays.equals(done, lengths)) {
      List<Part> pass = new ArrayList<>();
      for (int row = 0; row < lengths.length; row++) {
        if (done[row] < lengths[row] && random.nextInt(3) > 0) {
          int most = random.nextBoolean() ? 1 : 60;
          int end = Math.min(lengths[row], done[row] + 1 + random.nextInt(most));
          pass.add(new Part(row, done[row], end));
          done[row] = end;
        }
      }
      if (!pass.isEmpty()) {
        passes.add(pass);
      }
    }
    return passes;
  }

  private static int[][] rows(CausalLanguageModel model, int[] lengths) {
    Random random = new Random(5);
    int vocabulary = model.dimensions().vocabulary();
    return Arrays.stream(lengths)
        .mapToObj(n -> random.ints(n, 0, vocabulary).toArray())
        .toArray(int[][]::new);
  }

  private static float[] compute(
      CausalLanguageModel model, KvCache cache, int[][] rows, List<Part> parts) {
    Tokens tokens = new Tokens();
    for (Part part : parts) {
      int[] ids = Arrays.copyOfRange(rows[part.row()], part.start(), part.end());
      tokens.add(part.row(), part.start(), ids);
    }
    return model.logits(cache, tokens);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anySplitGivesTheLogitsOfOnePass(LmCase c) {
    try (CausalLanguageModel model = LongCheckpoint.load(folder, c, Precision.F32)) {
      int vocabulary = model.dimensions().vocabulary();
      int[][] rows = rows(model, LENGTHS);
      float[][] whole =
          Arrays.stream(rows).map(row -> LmCase.logits(model, row)).toArray(float[][]::new);
      try (KvCache cache = model.newCache(rows.length, LENGTHS[0])) {
        for (List<Part> pass : passes(new Random(6), LENGTHS)) {
          float[] logits = compute(model, cache, rows, pass);
          int at = 0;
          for (Part part : pass) {
            int n = part.length() * vocabulary;
            float[] expected =
                Arrays.copyOfRange(
                    whole[part.row()], part.start() * vocabulary, part.end() * vocabulary);
            Golden.assertClose(Arrays.copyOfRange(logits, at, at + n), expected, TOLERANCE);
            at += n;
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("casesInPrecisions")
  void aRowIsTheSameAloneToTheBit(LmCase c, Precision precision) {
    int[] lengths = {90, 41, 7, 64, 23};
    try (CausalLanguageModel model = LongCheckpoint.load(folder, c, precision);
        KvCache together = model.newCache(lengths.length, 90);
        KvCache alone = model.newCache(lengths.length, 90)) {
      int vocabulary = model.dimensions().vocabulary();
      int[][] rows = rows(model, lengths);
      for (List<Part> pass : passes(new Random(7), lengths)) {
        float[] logits = compute(model, together, rows, pass);
        int at = 0;
        for (Part part : pass) {
          int n = part.length() * vocabulary;
          float[] expected = compute(model, alone, rows, List.of(part));
          assertThat(Arrays.copyOfRange(logits, at, at + n)).isEqualTo(expected);
          at += n;
        }
      }
    }
  }
}
