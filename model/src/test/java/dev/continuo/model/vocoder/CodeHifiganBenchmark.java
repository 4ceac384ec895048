// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Rendering;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
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

/** Ten seconds of frames at 25 Hz: in one pass, and pushed a few at a time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1, time = 5)
@Measurement(iterations = 3, time = 15)
@Fork(2) // in turn, so that a slow minute does not meet one of them alone
public class CodeHifiganBenchmark {
  private static final int FRAMES = 250;

  /** Folder of a vocoder: that of {@code bundle random --shape twist-350m} has 512 channels. */
  @Param("")
  private String vocoder = "";

  /** Frames a chunk; all of them are one pass. */
  @Param({"250", "8"})
  private int chunk;

  private final int[] units = new int[FRAMES];
  private @Nullable CodeHifiganVocoder model;

  @Setup
  public void setup() {
    TorchRuntime.start(BundleStore.home(), 1);
    Path folder = Path.of(vocoder);
    ConfigFile config = ConfigFile.read(folder.resolve("config.json"));
    CodeHifiganVocoder loaded =
        CodeHifiganVocoder.load(config, folder, ModelOptions.cpu(Precision.FP16));
    Random random = new Random(1);
    Arrays.setAll(units, i -> random.nextInt(loaded.unitCount()));
    model = loaded;
  }

  @TearDown
  public void close() {
    Objects.requireNonNull(model).close();
  }

  @Benchmark
  public float utterance() {
    CodeHifiganVocoder loaded = Objects.requireNonNull(model);
    int group = chunk == FRAMES ? FRAMES : CodeHifiganStream.groupFrames(loaded.shape());
    float last = 0;
    try (UnitVocoder.Stream stream = loaded.open(Rendering.first(), group)) {
      for (int at = 0; at < FRAMES; at += chunk) {
        stream.push(Arrays.copyOfRange(units, at, Math.min(FRAMES, at + chunk)));
      }
      float[] rest = stream.finish();
      last += rest[rest.length - 1];
    }
    return last;
  }
}
