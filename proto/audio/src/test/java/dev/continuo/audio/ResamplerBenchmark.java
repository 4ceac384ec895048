// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** Time to resample a second of audio that comes in chunks of 20 ms. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResamplerBenchmark {
  @Param({"48000-16000", "44100-16000", "8000-16000", "16000-24000", "16000-48000", "44101-16000"})
  private String rates = "";

  private Resampler resampler = new Resampler(8000, 8000);
  private float[] second = {};

  @Setup
  public void setup() {
    String[] fromTo = rates.split("-", 2);
    int fromHz = Integer.parseInt(fromTo[0]);
    resampler = new Resampler(fromHz, Integer.parseInt(fromTo[1]));
    second = new float[fromHz];
    Random random = new Random(1);
    for (int i = 0; i < fromHz; i++) {
      second[i] = random.nextFloat() - 0.5f;
    }
  }

  @Benchmark
  public int secondInChunks() {
    int chunk = second.length / 50;
    int samples = 0;
    for (int i = 0; i < 50; i++) {
      samples += resampler.process(second, i * chunk, chunk).length;
    }
    return samples;
  }
}
