// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bench;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.lm.CausalLanguageModel;
import dev.continuo.model.lm.DecodeSteps;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Times networks: every repetition does the same work, and a few before the first are left out.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Bench {
  private static final int WARM_UP = 5;
  private static final int AUDIO_SECONDS = 10;
  private static final double NOISE = 0.1;
  private static final long SEED = 1;

  private final String shape;
  private final ModelOptions options;
  private final int repeat;
  private final Machine machine;
  private double machineGops;

  /**
   * A bench.
   *
   * @param shape name of the bundle or shape, for the results
   * @param repeat repetitions that count, at least 1
   * @throws IllegalArgumentException if {@code repeat} is not positive
   */
  public Bench(String shape, ModelOptions options, int repeat) {
    if (repeat < 1) {
      throw new IllegalArgumentException("repeat: " + repeat + " (expected: >= 1)");
    }
    this.shape = shape;
    this.options = options;
    this.repeat = repeat;
    this.machine = new Machine(options.device());
  }

  /**
   * Ten seconds of noise through the encoder.
   *
   * @param chunkMillis length of the chunks it arrives in; 0 for all at once
   */
  public BenchResult encoder(SpeechEncoder encoder, int chunkMillis) {
    float[] samples = noise(encoder);
    int chunk = chunkMillis == 0 ? samples.length : chunkMillis * encoder.sampleRateHz() / 1000;
    long[] nanos =
        time(
            () -> {
              try (SpeechEncoder.Stream stream =
                  chunkMillis == 0 ? encoder.open() : soonest(encoder)) {
                for (int at = 0; at < samples.length; at += chunk) {
                  stream.push(samples, at, Math.min(chunk, samples.length - at));
                }
                stream.finish();
              }
            });
    String stage = chunkMillis == 0 ? "encoder" : "encoder_stream";
    return BenchResult.of(stage, BenchResult.Load.of(shape), options, nanos, AUDIO_SECONDS, true);
  }

  /**
   * Ten seconds of noise of each of {@code batch} streams through the encoder, in steps of 320 ms:
   * one by one ({@code encoder_alone}), and those of all streams together ({@code
   * encoder_together}).
   */
  public List<BenchResult> encoderSteps(SpeechEncoder encoder, int batch) {
    float[] samples = noise(encoder);
    return inTurn("encoder", batch, together -> CodecSteps.run(encoder, samples, batch, together));
  }

  /** The same of ten seconds of units through the vocoder. */
  public List<BenchResult> vocoderSteps(UnitVocoder vocoder, int batch) {
    int[] units = units(vocoder);
    return inTurn("vocoder", batch, together -> CodecSteps.run(vocoder, units, batch, together));
  }

  /** Two ways of doing the same, in turn, since a machine is faster at one time than at another. */
  private List<BenchResult> inTurn(String stage, int batch, Consumer<Boolean> work) {
    long[] alone = new long[repeat];
    long[] together = new long[repeat];
    for (int i = -WARM_UP; i < repeat; i++) {
      long start = System.nanoTime();
      work.accept(false);
      long between = System.nanoTime();
      work.accept(true);
      if (i >= 0) {
        together[i] = System.nanoTime() - between;
        alone[i] = between - start;
      }
    }
    BenchResult.Load load = new BenchResult.Load(shape, batch, 0, null);
    return List.of(
        BenchResult.of(stage + "_alone", load, options, alone, AUDIO_SECONDS, true),
        BenchResult.of(stage + "_together", load, options, together, AUDIO_SECONDS, true));
  }

  private static float[] noise(SpeechEncoder encoder) {
    float[] samples = new float[AUDIO_SECONDS * encoder.sampleRateHz()];
    Random random = new Random(SEED);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (NOISE * random.nextGaussian());
    }
    return samples;
  }

  private static int[] units(UnitVocoder vocoder) {
    int[] units = new int[AUDIO_SECONDS * vocoder.sampleRateHz() / vocoder.samplesPerFrame()];
    Random random = new Random(SEED);
    for (int i = 0; i < units.length; i++) {
      units[i] = random.nextInt(vocoder.unitCount());
    }
    return units;
  }

  /** Ten seconds of units through the vocoder. */
  public BenchResult vocoder(UnitVocoder vocoder) {
    int[] units = units(vocoder);
    long[] nanos =
        time(
            () -> {
              try (UnitVocoder.Stream stream = vocoder.open()) {
                stream.push(units);
                stream.finish();
              }
            });
    return BenchResult.of(
        "vocoder", BenchResult.Load.of(shape), options, nanos, AUDIO_SECONDS, true);
  }

  /**
   * One step of the language model with {@code batch} rows that each have {@code context} positions
   * in the cache.
   *
   * @param unitRateHz units a second of audio, for the real-time factor
   */
  public BenchResult languageModel(
      CausalLanguageModel model, int batch, int context, double unitRateHz) {
    try (DecodeSteps steps = new DecodeSteps(model, batch, context)) {
      long[] nanos = time(steps::step);
      BenchResult.Load load = load(batch, context, steps.bytesRead(), steps.operations());
      return BenchResult.of("lm", load, options, nanos, 1 / unitRateHz, false);
    }
  }

  /**
   * {@link DecodeSteps#PREFILLED} given units of one row, in one pass, the last of which fill the
   * {@code context}.
   */
  public BenchResult prefill(CausalLanguageModel model, int context, double unitRateHz) {
    try (DecodeSteps steps = new DecodeSteps(model, 1, context)) {
      long[] nanos = time(steps::prefill);
      BenchResult.Load load = load(1, context, steps.bytesRead(), steps.prefillOperations());
      double seconds = steps.prefilled() / unitRateHz;
      return BenchResult.of("lm_prefill", load, options, nanos, seconds, false);
    }
  }

  private BenchResult.Load load(int batch, int context, long bytes, long operations) {
    if (machineGops == 0) {
      machineGops = machine.gops(options.precision());
    }
    double read = machine.readGbS(bytes);
    BenchResult.Work work = new BenchResult.Work(bytes, operations, read, machineGops);
    return new BenchResult.Load(shape, batch, context, work);
  }

  private long[] time(Runnable work) {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    long[] nanos = new long[repeat];
    for (int i = 0; i < repeat; i++) {
      long start = System.nanoTime();
      work.run();
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  private static SpeechEncoder.Stream soonest(SpeechEncoder encoder) {
    return encoder.takesPolicy() ? encoder.open(StreamingPolicy.standard()) : encoder.open();
  }
}
