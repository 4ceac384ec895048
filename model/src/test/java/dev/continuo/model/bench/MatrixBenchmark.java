// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bench;

import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.TorchRuntime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time of the product of given units with one matrix of a network, scales of int8 included; its
 * weights are in no cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class MatrixBenchmark {
  private static final int COPIES = 40; // of the smallest 18 MB in int8

  /** Outputs and inputs of the matrices of 12x384, smollm2-135m and opt-350m. */
  @Param({
    "1152x384",
    "384x384",
    "2048x384",
    "384x1024",
    "960x576",
    "576x576",
    "3072x576",
    "576x1536",
    "3072x1024",
    "1024x1024",
    "4096x1024",
    "1024x4096"
  })
  private String matrix = "";

  /** Rows that are multiplied with it. */
  @Param("64")
  private int rows;

  /** Its way of arithmetic, as linear.py numbers them: int8, float16 and float32. */
  @Param({"127", "1", "2"})
  private long way;

  private @Nullable TorchModule module;
  private @Nullable Tensor x;

  @Setup
  public void setup() {
    TorchRuntime.start(BundleStore.home(), 1);
    Map<String, Object> attributes =
        Map.of("training", false, "q", Map.of(), "p", List.of(), "w", List.of(), "b", List.of());
    module = TorchModule.load(MatrixBenchmark.class, "matrices.py", "Matrices", attributes, "cpu");
    int by = matrix.indexOf('x');
    long outputs = Long.parseLong(matrix.substring(0, by));
    long inputs = Long.parseLong(matrix.substring(by + 1));
    for (int i = 0; i < COPIES; i++) {
      module.callForLong("add", outputs, inputs, way);
    }
    float[] ramp = new float[Math.toIntExact(rows * inputs)];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i % 97 - 48;
    }
    x = module.tensor(ramp, rows, inputs);
  }

  @TearDown
  public void close() {
    Objects.requireNonNull(x).close();
    Objects.requireNonNull(module).close();
  }

  @Benchmark
  @OperationsPerInvocation(COPIES)
  public long multiply() {
    return Objects.requireNonNull(module).callForLong("multiply", Objects.requireNonNull(x));
  }
}
