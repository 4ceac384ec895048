// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest extends CommandTest {
  private static final List<String> NOT_COUNTED =
      List.of(
          "bytes_read",
          "bandwidth_gb_s",
          "gops",
          "machine_read_gb_s",
          "machine_gops",
          "limit_ms",
          "limit_share");

  private CommandRun bench(String... args) {
    return plain(new byte[0], args);
  }

  @Test
  void jsonLinesHoldEveryField() {
    CommandRun run =
        bench(
            "bench",
            "lm",
            "--shape",
            "12x384",
            "--batch",
            "1,3",
            "--context",
            "100",
            "--repeat",
            "2",
            "--precision",
            "int8",
            "--json");
    String[] lines = run.ok().out().split("\n");
    assertThat(lines).hasSize(3);
    String[] stages = {"lm", "lm", "lm_prefill"};
    int[] batches = {1, 3, 1};
    for (int i = 0; i < lines.length; i++) {
      JsonNode line = new JsonMapper().readTree(lines[i]);
      assertThat(line.get("stage").asString()).isEqualTo(stages[i]);
      assertThat(line.get("shape").asString()).isEqualTo("12x384");
      assertThat(line.get("batch").asInt()).isEqualTo(batches[i]);
      assertThat(line.get("context").asInt()).isEqualTo(100);
      assertThat(line.get("precision").asString()).isEqualTo("int8");
      assertThat(line.get("threads").asInt()).isEqualTo(1);
      double min = line.get("min_ms").asDouble();
      assertThat(min).isPositive();
      assertThat(line.get("median_ms").asDouble()).isGreaterThanOrEqualTo(min);
      assertThat(line.get("p95_ms").asDouble()).isGreaterThanOrEqualTo(min);
      double read = line.get("bytes_read").asDouble();
      assertThat(line.get("bandwidth_gb_s").asDouble())
          .isBetween(0.99e-6 * read / min, 1.01e-6 * read / min);
      double limit = line.get("limit_ms").asDouble();
      assertThat(limit)
          .isGreaterThanOrEqualTo(0.99e-6 * read / line.get("machine_read_gb_s").asDouble());
      assertThat(line.get("limit_share").asDouble())
          .isBetween(0.99 * limit / min, 1.01 * limit / min);
      assertThat(line.get("machine_gops").asDouble()).isPositive();
      assertThat(line.get("rtf").asDouble()).isPositive();
    }
    // 12 layers: four matrices of which o stays float16, the head exact, keys and values of 128
    // positions in float16
    long weights = 12L * (3 * 384 * 384 + 2 * 384 * 384 + 3 * 384 * 1024) + 4 * 502 * 384;
    JsonNode three = new JsonMapper().readTree(lines[1]);
    assertThat(three.get("bytes_read").asLong()).isEqualTo(weights + 3L * 12 * 2 * 128 * 384 * 2);
    assertThat(Tensor.live()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "vocoder"})
  void whatIsNotCountedIsNullOrADash(String stage) {
    String json = bench("bench", stage, "--repeat", "1", "--json").ok().out();
    List<String> lines = json.lines().toList();
    for (String text : lines) {
      JsonNode line = new JsonMapper().readTree(text);
      assertThat(line.get("stage").asString()).startsWith(stage);
      assertThat(line.get("min_ms").asDouble()).isPositive();
      assertThat(line.get("rtf").asDouble()).isPositive();
      for (String field : NOT_COUNTED) {
        assertThat(line.get(field).isNull()).as(field).isTrue();
      }
    }
    assertThat(bench("bench", stage, "--repeat", "1").ok().out().lines())
        .hasSize(1 + lines.size())
        .anyMatch(row -> row.matches(stage + " .*( +-){4} +[0-9.]+"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"encoder", "vocoder"})
  void streamsSideBySideAreTimedOneByOneAndTogether(String stage) {
    String[] lines =
        bench("bench", stage, "--batch", "1,3", "--repeat", "1", "--json").ok().out().split("\n");
    List<JsonNode> last =
        Arrays.stream(lines)
            .map(new JsonMapper()::readTree)
            .filter(
                line -> !List.of(stage, stage + "_stream").contains(line.get("stage").asString()))
            .toList();
    assertThat(last)
        .extracting(line -> line.get("stage").asString() + " " + line.get("batch").asInt())
        .containsExactly(
            stage + "_alone 1", stage + "_together 1", stage + "_alone 3", stage + "_together 3");
    assertThat(last).allMatch(line -> line.get("min_ms").asDouble() > 0);
    assertThat(Tensor.live()).isZero();
  }

  @Test
  void refusesWhatDoesNotFit() {
    bench("bench", "lm", "--shape", "13x1")
        .failed(2, "--shape: 13x1 (expected: one of 12x384, smollm2-135m, opt-350m)");
    bench("bench", "all", "--shape", "12x384")
        .failed(2, "--shape: 12x384 (expected: with stage lm, and without --bundle)");
    bench("bench", "lm", "--shape", "12x384", "--bundle", "default")
        .failed(2, "--shape: 12x384 (expected: with stage lm, and without --bundle)");
    bench("bench", "lm", "--shape", "12x384", "--context", "2049")
        .failed(2, "--context: 2049 (expected: 1 to 2048)");
    bench("bench", "lm", "--shape", "12x384", "--precision", "bf16")
        .failed(3, "--precision: bf16 (expected: f32, fp16 or int8 here)");
    bench("bench", "lm", "--shape", "12x384", "--precision", "fp8")
        .failed(2, "--precision: fp8 (expected: f32, fp16, int8 or bf16)");
    bench("bench", "lm", "--shape", "12x384", "--batch", "4,0")
        .failed(2, "--batch: [4, 0] (expected: numbers of 1 or more)");
    assertThat(bench("bench", "lm", "--shape", "12x384", "--device", "cuda:99").err())
        .matches(
            "(?s).*--device: cuda:99 \\(expected: one of the \\d+ GPUs torch can use, or cpu\\)\n");
    assertThat(bench("bench", "lm", "--shape", "12x384", "--batch", "1,2000000").err())
        .matches("(?s).*--batch: \\[1, 2000000\\] \\(expected: at most \\d+, by this memory\\)\n");
    assertThat(Tensor.live()).isZero();
  }
}
