// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bench;

import dev.continuo.model.ModelOptions;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Times of one stage. <i>Immutable.</i>
 *
 * @param stage {@code encoder}, {@code encoder_stream}, {@code lm}, {@code lm_prefill} (64 given
 *     units of one row), {@code vocoder}, or steps of several streams: {@code encoder_alone},
 *     {@code encoder_together}, {@code vocoder_alone}, {@code vocoder_together}
 * @param shape name of the bundle, or of the shape
 * @param batch rows of the step
 * @param context positions in the KV cache; 0 where there is none
 * @param precision {@code f32}, {@code fp16} or {@code int8}
 * @param threads torch threads
 * @param minMs least time: of one step of the language model, of one second of audio elsewhere
 * @param medianMs median of the same
 * @param p95Ms 95th percentile of the same
 * @param bytesRead weights and cache that a step reads; null, as all that follows from it, for the
 *     encoder and the vocoder: their convolutions and transforms are not counted
 * @param bandwidthGbS {@code bytesRead} over the least time, in 10^9 bytes a second
 * @param rtf least time over the audio time it covers; a unit is taken to last one frame
 * @param gops additions and products of the matrices and of attention, over the least time, in 10^9
 *     a second
 * @param machineReadGbS rate at which this machine reads as many bytes
 * @param machineGops rate at which it multiplies large matrices in this precision
 * @param limitMs the larger of the times that reading and arithmetic take at these rates
 * @param limitShare {@code limitMs} over the least time: 1 is as fast as this machine can be
 */
public record BenchResult(
    String stage,
    String shape,
    int batch,
    int context,
    String precision,
    int threads,
    double minMs,
    double medianMs,
    double p95Ms,
    @Nullable Long bytesRead,
    @Nullable Double bandwidthGbS,
    double rtf,
    @Nullable Double gops,
    @Nullable Double machineReadGbS,
    @Nullable Double machineGops,
    @Nullable Double limitMs,
    @Nullable Double limitShare) {

  private static final double NANOS_PER_MS = 1e6;
  private static final int DIGITS = 5;
  private static final double PERCENTILE = 0.95;

  /**
   * Sums up.
   *
   * @param nanos time of each repetition; not empty
   * @param seconds of audio that one repetition covers, for one row
   * @param perSecond whether times are given for a second of audio instead of a repetition
   */
  static BenchResult of(
      String stage,
      Load load,
      ModelOptions options,
      long[] nanos,
      double seconds,
      boolean perSecond) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    double scale = perSecond ? 1 / (NANOS_PER_MS * seconds) : 1 / NANOS_PER_MS;
    double min = sorted[0] * scale;
    Work work = load.work();
    double least = sorted[0];
    return new BenchResult(
        stage,
        load.shape(),
        load.batch(),
        load.context(),
        options.precision().name().toLowerCase(Locale.ROOT),
        options.threads(),
        rounded(min),
        rounded(sorted[sorted.length / 2] * scale),
        rounded(
            sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * PERCENTILE))]
                * scale),
        work == null ? null : work.bytesRead(),
        work == null ? null : rounded(work.bytesRead() / least),
        rounded(least / (seconds * 1e9)),
        work == null ? null : rounded(work.operations() / least),
        work == null ? null : rounded(work.machineReadGbS()),
        work == null ? null : rounded(work.machineGops()),
        work == null ? null : rounded(work.limitNanos() / NANOS_PER_MS),
        work == null ? null : rounded(work.limitNanos() / least));
  }

  /** To five significant digits, more than any clock here can tell. */
  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue();
  }

  /**
   * What is timed. <i>Immutable.</i>
   *
   * @param shape name of the bundle, or of the shape
   * @param batch rows
   * @param context cached positions
   * @param work what a repetition has to do, where it is counted
   */
  record Load(String shape, int batch, int context, @Nullable Work work) {

    /** What is not counted. */
    static Load of(String shape) {
      return new Load(shape, 1, 0, null);
    }
  }

  /**
   * What a step has to do and what the machine could. <i>Immutable.</i>
   *
   * @param bytesRead bytes it reads
   * @param operations additions and products
   * @param machineReadGbS the machine's rate of reading
   * @param machineGops the machine's rate of arithmetic
   */
  record Work(long bytesRead, long operations, double machineReadGbS, double machineGops) {

    private double limitNanos() {
      return Math.max(bytesRead / machineReadGbS, operations / machineGops);
    }
  }
}
