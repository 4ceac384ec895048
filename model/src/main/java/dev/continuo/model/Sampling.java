// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/**
 * How the next unit is drawn from the language model's distribution.
 *
 * <p>Filters apply in the order repetition penalty, temperature, top-k, top-p, as in Hugging Face
 * transformers. The random number of each step is {@link CounterHash#uniform} of (seed, turn,
 * position), so a draw depends on nothing else. <i>Immutable.</i>
 *
 * @param temperature divides the logits; 0 takes the most likely unit (greedy)
 * @param topK number of most likely units kept; 0 keeps all
 * @param topP smallest set of most likely units whose probability reaches this is kept, in (0, 1]
 * @param repetitionPenalty what stands in the context already has its logit divided by this if it
 *     is positive, multiplied if not; 1 changes nothing (Keskar et al. 2019, CTRL, section 4.1)
 * @param seed seed of the draws
 */
public record Sampling(
    double temperature, int topK, double topP, double repetitionPenalty, long seed) {

  /** The default temperature, TWIST's (facebookresearch/textlesslib, speech_lm.py). */
  public static final double DEFAULT_TEMPERATURE = 0.8;

  /** The default top-k, that of transformers' GenerationConfig, which TWIST ran with. */
  public static final int DEFAULT_TOP_K = 50;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature: " + temperature + " (expected: >= 0)");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("topK: " + topK + " (expected: >= 0)");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP: " + topP + " (expected: in (0, 1])");
    }
    if (!(repetitionPenalty > 0) || Double.isInfinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "repetitionPenalty: " + repetitionPenalty + " (expected: > 0)");
    }
  }

  /** Without a repetition penalty. */
  public Sampling(double temperature, int topK, double topP, long seed) {
    this(temperature, topK, topP, 1, seed);
  }

  /** The same with another seed. */
  public Sampling withSeed(long other) {
    return new Sampling(temperature, topK, topP, repetitionPenalty, other);
  }

  /** Always the most likely unit. */
  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 0);
  }

  /** Temperature 0.8 and top-k 50 with the given seed. */
  public static Sampling defaults(long seed) {
    return new Sampling(DEFAULT_TEMPERATURE, DEFAULT_TOP_K, 1, seed);
  }
}
