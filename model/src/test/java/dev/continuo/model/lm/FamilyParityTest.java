// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.continuo.model.Golden;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family and layout of files against transformers (tolerances: case.json of each). */
final class FamilyParityTest {
  private static final double HALF_PRECISION_ERROR = 2e-3;
  private static final double ERROR_ON_A_GPU = 8e-3; // all in float16, see PlainKernelsTest

  static Stream<LmCase> cases() {
    return Stream.of(
        LmCase.of("lm-opt"),
        new LmCase("lm-opt", "model-sharded-safetensors", "expected"),
        new LmCase("lm-opt", "model-bin", "expected"),
        new LmCase("lm-opt", "model-sharded-bin", "expected"),
        LmCase.of("lm-opt350"),
        LmCase.of("lm-gpt-neox"),
        LmCase.of("lm-bloom"),
        LmCase.of("lm-llama"),
        new LmCase("lm-llama", "model-bf16", "expected-bf16"),
        LmCase.of("lm-qwen2"),
        LmCase.of("lm-slamkit"));
  }

  static Stream<Arguments> casesOnDevices() {
    return cases().flatMap(c -> Golden.devices().stream().map(device -> Arguments.of(c, device)));
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static float[] bothRows(CausalLanguageModel model, LmCase c) {
    float[] first = LmCase.logits(model, c.ids()[0]);
    float[] second = LmCase.logits(model, c.ids()[1]);
    float[] both = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @ParameterizedTest
  @MethodSource("casesOnDevices")
  void logitsAreTheReference(LmCase c, String device) {
    try (CausalLanguageModel model = c.raw(device, Precision.F32)) {
      Golden.assertClose(bothRows(model, c), c.logits(), c.tolerance("logits_max_abs"));
      assertThat(model.parameters()).isEqualTo(c.parameters());
    }
  }

  @ParameterizedTest
  @MethodSource("casesOnDevices")
  void halfPrecisionIsClose(LmCase c, String device) {
    try (CausalLanguageModel model = c.raw(device, Precision.FP16)) {
      double error = LmCase.relativeError(bothRows(model, c), c.logits());
      System.out.printf("%s on %s: relative logit error of fp16 %.1e%n", c, device, error);
      assertThat(error)
          .isLessThanOrEqualTo(device.equals("cpu") ? HALF_PRECISION_ERROR : ERROR_ON_A_GPU);
    }
  }

  @ParameterizedTest
  @MethodSource("casesOnDevices")
  void greedyIdsAreTheReference(LmCase c, String device) {
    int[] expected = c.greedyIds();
    try (CausalLanguageModel model = c.raw(device, Precision.F32);
        UnitLanguageModel.Sequence sequence = model.open(c.prompt().length + expected.length)) {
      sequence.append(c.prompt());
      int[] drawn = new int[expected.length];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = sequence.next(Sampling.greedy(), 0);
      }
      assertThat(drawn).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("casesOnDevices")
  void unitsAreGreedyTooAndMapToTheSameIds(LmCase c, String device) {
    int first = c.firstUnitId();
    if (c.folder().ids().firstUnitId() != first || c.folder().ids().startIds().length > 0) {
      return; // a plain folder does not say where its units begin; SlamKit's puts a start first
    }
    int[] expected =
        Arrays.stream(c.greedyIds())
            .map(id -> id - first)
            .takeWhile(unit -> unit >= 0 && unit < LmCase.UNITS) // then comes an id that is barred
            .toArray();
    assertThat(expected).hasSizeGreaterThan(5);
    int[] prompt = Arrays.stream(c.prompt()).map(id -> id - first).toArray();
    try (CausalLanguageModel model = LmCase.load(c.folder(), device, Precision.F32);
        UnitLanguageModel.Sequence sequence = model.open(prompt.length + expected.length)) {
      sequence.append(prompt);
      for (int unit : expected) {
        assertThat(sequence.next(Sampling.greedy(), 0)).isEqualTo(unit);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("casesOnDevices")
  void scoresAreTheReference(LmCase c, String device) {
    if (c.expected().equals("expected-bf16")) {
      return; // has no scores
    }
    try (CausalLanguageModel model = c.raw(device, Precision.F32)) {
      for (int row = 0; row < 2; row++) {
        double sum = c.sumNll("scores.json", row);
        assertThat(sum(model.nll(c.ids()[row], false)))
            .isCloseTo(sum, within(c.tolerance("sum_nll_abs")));
      }
    }
  }

  @Test
  void slamKitsScoresAreTheReference() {
    LmCase c = LmCase.of("lm-slamkit");
    try (CausalLanguageModel model = LmCase.load(c.folder(), "cpu", Precision.F32)) {
      for (int row = 0; row < 2; row++) {
        int[] units = Arrays.stream(c.ids()[row]).map(id -> id - c.firstUnitId()).toArray();
        float[] nll = model.nll(units, true);
        assertThat(nll).hasSize(units.length + 1);
        assertThat(sum(nll))
            .isCloseTo(c.sumNll("wrapped_scores.json", row), within(c.tolerance("sum_nll_abs")));
      }
    }
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
