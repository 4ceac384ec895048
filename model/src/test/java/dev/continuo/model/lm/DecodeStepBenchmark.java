// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.torch.TorchRuntime;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Time of one step of all rows, of 64 given units of one row, and of a slide. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodeStepBenchmark {
  private static final int CONTEXT = 512;
  private static final int SINK = 4;
  private static final int FORGOTTEN = 64;

  @Param({"12x384"})
  private String shape = "";

  @Param({"FP16", "INT8"})
  private Precision precision = Precision.FP16;

  @Param({"1", "4", "16"})
  private int rows;

  private @Nullable CausalLanguageModel model;
  private @Nullable DecodeSteps steps;
  private @Nullable KvCache cache;

  @Setup
  public void setup() {
    TorchRuntime.start(BundleStore.home(), 1);
    model = RandomLanguageModel.of(shape, ModelOptions.cpu(precision));
    steps = new DecodeSteps(model, rows, CONTEXT);
    cache = model.newCache(1, CONTEXT);
  }

  @TearDown
  public void close() {
    Objects.requireNonNull(cache).close();
    Objects.requireNonNull(steps).close();
    Objects.requireNonNull(model).close();
  }

  @Benchmark
  public void step() {
    Objects.requireNonNull(steps).step();
  }

  @Benchmark
  public void prefill() {
    Objects.requireNonNull(steps).prefill();
  }

  @Benchmark
  public void slide() {
    Objects.requireNonNull(model).slide(Objects.requireNonNull(cache), 0, SINK, FORGOTTEN, CONTEXT);
  }
}
