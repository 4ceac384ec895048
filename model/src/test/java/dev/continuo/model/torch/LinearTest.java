// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.continuo.model.bundle.BundleStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Linear layers in each way of arithmetic, against the product in float64. */
final class LinearTest {
  private static final int INPUTS = 259; // no multiple of any vector's length
  private static final int MANY = 401; // outputs
  private static final int ROWS = 19;
  private static final int ZERO_ROW = 7;

  private final Random random = new Random(3);
  private final float[] weights = normal(MANY * INPUTS, 0.02);
  private final float[] bias = normal(MANY, 0.5);
  private final float[] x = rows();

  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private float[] normal(int n, double deviation) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** Rows of very different sizes, one of them all zeros. */
  private float[] rows() {
    float[] values = new float[ROWS * INPUTS];
    for (int row = 0; row < ROWS; row++) {
      if (row != ZERO_ROW) {
        System.arraycopy(
            normal(INPUTS, Math.pow(10, row % 7 - 3.0)), 0, values, row * INPUTS, INPUTS);
      }
    }
    return values;
  }

  private static TorchModule module() {
    Map<String, Object> attributes =
        Map.of("training", false, "p", List.of(), "q", Map.of(), "w", List.of(), "b", List.of());
    return TorchModule.load(LinearTest.class, "layers.py", "Layers", attributes, "cpu");
  }

  private void add(TorchModule module, int outputs, long way) {
    float[] some = Arrays.copyOf(weights, outputs * INPUTS);
    add(module, some, Arrays.copyOf(bias, outputs), way);
  }

  private static void add(TorchModule module, float[] weights, float[] bias, long way) {
    try (Tensor w = module.tensor(weights, bias.length, weights.length / bias.length);
        Tensor b = module.tensor(bias, bias.length)) {
      assertThat(module.callForLong("add", w, b, way)).isZero();
    }
  }

  private static float[] apply(TorchModule module, float[] x, int inputs) {
    try (Tensor given = module.tensor(x, x.length / inputs, inputs);
        Tensor y = module.call("apply", given, 0L)) {
      return y.toFloats();
    }
  }

  /** The error of each row relative to its product without the bias. */
  private List<Double> errors(float[] y) {
    List<Double> errors = new ArrayList<>();
    int outputs = y.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      double error = 0;
      double size = 0;
      for (int o = 0; o < outputs; o++) {
        double exact = 0;
        for (int i = 0; i < INPUTS; i++) {
          exact += (double) weights[o * INPUTS + i] * x[row * INPUTS + i];
        }
        error += Math.pow(y[row * outputs + o] - bias[o] - exact, 2);
        size += exact * exact;
      }
      errors.add(size == 0 ? Math.sqrt(error) : Math.sqrt(error / size));
    }
    return errors;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 131, 5e-4",
    "1, 131, 6e-4",
    "2, 131, 5e-4",
    "127, 131, 0.009",
    "63, 131, 0.009",
    "127, 401, 0.014",
    "63, 401, 0.025"
  })
  void isTheProductToTheWaysPrecision(long way, int outputs, double tolerance) {
    try (TorchModule module = module()) {
      add(module, outputs, way);
      assertThat(errors(apply(module, x, INPUTS))).allMatch(error -> error < tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 131", "2, 131", "127, 131", "63, 131", "127, 401", "63, 401"})
  void aRowDoesNotDependOnOthers(long way, int outputs) {
    try (TorchModule module = module()) {
      add(module, outputs, way);
      float[] together = apply(module, x, INPUTS);
      for (int n = 1; n < ROWS; n++) {
        for (int first = 0; first + n <= ROWS; first += n) {
          float[] some = Arrays.copyOfRange(x, first * INPUTS, (first + n) * INPUTS);
          assertThat(apply(module, some, INPUTS))
              .isEqualTo(Arrays.copyOfRange(together, first * outputs, (first + n) * outputs));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 131", "2, 131", "127, 131", "127, 401"})
  void zerosGiveTheBias(long way, int outputs) {
    try (TorchModule module = module()) {
      add(module, outputs, way);
      float[] y = apply(module, new float[INPUTS], INPUTS);
      for (int o = 0; o < outputs; o++) {
        assertThat((double) y[o]).isCloseTo(bias[o], offset(3e-4));
      }
    }
  }

  /** Where every product is the largest there is, the sums must not overflow. */
  @Test
  void theLargestNumbersOfInt8AddUp() {
    float[] ones = new float[64 * 64];
    Arrays.fill(ones, 1);
    long steps = TorchRuntime.int8Steps();
    assertThat(steps).isIn(63L, 127L);
    try (TorchModule module = module()) {
      add(module, ones, new float[64], steps);
      for (float sum : apply(module, ones, 64)) {
        assertThat((double) sum).isCloseTo(64, offset(1e-3));
      }
    }
  }

  @Test
  void layersOfSeveralWaysStandSideBySide() {
    try (TorchModule module = module()) {
      for (long way : new long[] {2, 127, 1, 127}) {
        add(module, MANY, way);
      }
      double[] tolerances = {5e-4, 0.014, 6e-4, 0.014};
      for (int i = 0; i < tolerances.length; i++) {
        double tolerance = tolerances[i];
        try (Tensor given = module.tensor(x, ROWS, INPUTS);
            Tensor y = module.call("apply", given, (long) i)) {
          assertThat(errors(y.toFloats())).allMatch(error -> error < tolerance);
        }
      }
    }
  }
}
