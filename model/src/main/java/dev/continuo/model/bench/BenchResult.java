// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bench;

import dev.continuo.model.ModelOptions;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Locale;

/**
 * Times of one stage. <i>Immutable.</i>
 *
 * @param stage {@code encoder}, {@code encoder_stream}, {@code lm} or {@code vocoder}
 * @param shape name of the bundle
 * @param batch rows of the step
 * @param context positions in the KV cache; 0 where there is none
 * @param precision {@code f32} or {@code fp16}
 * @param threads torch threads
 * @param minMs least time: of one step of the language model, of one second of audio elsewhere
 * @param medianMs median of the same
 * @param p95Ms 95th percentile of the same
 * @param bytesRead weights and cache that a step reads; 0 where it is not stated
 * @param bandwidthGbS {@code bytesRead} over the least time, in 10^9 bytes a second
 * @param rtf least time over the audio time it covers; a unit is taken to last one frame
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
    long bytesRead,
    double bandwidthGbS,
    double rtf) {

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
        load.bytesRead(),
        rounded(load.bytesRead() / (double) sorted[0]),
        rounded(sorted[0] / (seconds * 1e9)));
  }

  /** To five significant digits, more than any clock here can tell. */
  private static double rounded(double value) {
    return new BigDecimal(value).round(new MathContext(DIGITS)).doubleValue();
  }

  /** What a step works on: name, rows, cached positions and bytes it reads. <i>Immutable.</i> */
  record Load(String shape, int batch, int context, long bytesRead) {}
}
