// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomBundleTest {

  /** Published numbers of parameters with a vocabulary of 502 (Slam, arXiv 2502.15814, table 7). */
  @ParameterizedTest
  @CsvSource({
    "opt-125m, 87015936",
    "opt-350m, 305714176",
    "twist-350m, 305714176",
    "pythia-160m, 85827072",
    "pythia-410m, 303339520",
    "slamkit, 358347904"
  })
  void languageModelsHaveThePublishedNumberOfParameters(String label, long parameters) {
    RandomNetwork lm = Shape.of(label).orElseThrow().languageModel(500);
    assertThat(lm.parameters(name -> true)).isEqualTo(parameters);
  }

  /** Those of transformers' HubertModel, without the statistics of batch norm. */
  @ParameterizedTest
  @CsvSource({"50, 94371712", "25, 94897408"})
  void hubertHasThePublishedNumberOfParameters(double unitRateHz, long parameters) {
    RandomNetwork hubert = Encoders.hubert(unitRateHz);
    assertThat(hubert.parameters(n -> !n.contains("running_") && !n.contains("num_batches")))
        .isEqualTo(parameters);
  }

  @Test
  void codeHifiganHasThePublishedNumberOfParameters() {
    long folded = Vocoders.codeHifigan(50, 500).parameters(name -> !name.endsWith("weight_g"));
    assertThat(folded).isBetween(13_400_000L, 13_430_000L);
  }

  @Test
  void refusesRatesAndUnitsThatCannotBe() {
    for (Map.Entry<Shape, Double> wrong :
        Map.of(Shape.DEFAULT, 30.0, Shape.TWIST_350M, 12.5, Shape.SLAMKIT, 0.0).entrySet()) {
      assertThatThrownBy(() -> new RandomBundle(wrong.getKey(), wrong.getValue(), 500, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("unit-rate: " + wrong.getValue() + " (expected: one of [");
    }
    assertThatThrownBy(() -> new RandomBundle(Shape.DEFAULT, 25, 1, 0))
        .hasMessage("units: 1 (expected: 2 to 100000)");
    assertThatThrownBy(() -> new RandomBundle(Shape.DEFAULT, 25, 100_001, 0))
        .hasMessage("units: 100001 (expected: 2 to 100000)");
  }
}
