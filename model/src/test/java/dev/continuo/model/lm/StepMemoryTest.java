// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What steps leave behind. {@code -Dcontinuo.steps=10000} makes it the long run of
 * docs/benchmarks/decode.md, with {@code -Dcontinuo.shape=12x384} on that shape; only then are
 * there enough of them to ask resident memory.
 */
final class StepMemoryTest {
  private static final int STEPS = Integer.getInteger("continuo.steps", 300);
  private static final int LONG_RUN = 10_000;
  private static final double GROWTH = 1.02;
  private static final int ROWS = 4;
  private static final int MOST_BYTES_A_STEP = 5 * 1024;

  private static CausalLanguageModel model() {
    String shape = System.getProperty("continuo.shape");
    if (shape != null) {
      return RandomLanguageModel.of(shape, ModelOptions.cpu(Precision.FP16));
    }
    String json =
        """
        {"model_type": "llama", "vocab_size": 502, "hidden_size": 64, "num_hidden_layers": 4,
         "num_attention_heads": 4, "intermediate_size": 96, "max_position_embeddings": 256,
         "tie_word_embeddings": true}
        """;
    ConfigFile config = ConfigFile.parse(Path.of("tiny"), json.getBytes(StandardCharsets.UTF_8));
    return RandomLanguageModel.of(config, 0.1, ModelOptions.cpu(Precision.FP16));
  }

  @Test
  void stepsLeaveNothingBehind() throws IOException {
    TorchRuntime.start(BundleStore.home(), 1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (CausalLanguageModel model = model();
        DecodeSteps steps = new DecodeSteps(model, ROWS, 100)) {
      run(steps, STEPS / 5);
      long open = Tensor.live();
      long residentBefore = STEPS >= LONG_RUN ? residentKilobytes() : 0;
      long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
      run(steps, STEPS);
      long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
      assertThat(allocated / STEPS).as("bytes a step").isLessThan(MOST_BYTES_A_STEP);
      assertThat(Tensor.live()).isEqualTo(open);
      if (STEPS >= LONG_RUN) {
        long residentAfter = residentKilobytes();
        System.out.printf(
            "resident: %d KB, after %d steps %d KB; %d bytes of heap a step%n",
            residentBefore, STEPS, residentAfter, allocated / STEPS);
        assertThat((double) residentAfter)
            .as("resident after %d steps, before: %d", STEPS, residentBefore)
            .isLessThan(GROWTH * residentBefore);
      }
    }
    assertThat(Tensor.live()).isZero();
  }

  private static void run(DecodeSteps steps, int n) {
    for (int i = 0; i < n; i++) {
      steps.step();
    }
  }

  /** With a heap that was just collected, so that garbage is not counted. */
  private static long residentKilobytes() throws IOException {
    System.gc();
    String line =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(l -> l.startsWith("VmRSS:"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
