// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.lm;

import dev.continuo.model.checkpoint.ConfigFile;
import java.util.function.IntToDoubleFunction;

/**
 * Rotary positions: component pairs of each head are turned by {@code position * theta^(-2i/R) *
 * scales[i]} (transformers, modeling_rope_utils.py). <i>Immutable.</i>
 *
 * @param theta base of the angles
 * @param scales factor of each frequency, (R / 2): 1 but for the scaled kinds; borrowed
 * @param loudness multiplies cosines and sines
 */
@SuppressWarnings("ArrayRecordComponent") // made once a model, handed to native code
record Rope(double theta, float[] scales, double loudness) {
  private static final double MAX_THETA = 1e12;
  private static final double MAX_FACTOR = 1e6;
  private static final String FACTOR = "factor";
  private static final String ORIGINAL = "original_max_position_embeddings";

  /**
   * Reads a config of transformers 4 ({@code rope_theta} and {@code rope_scaling}) or 5 ({@code
   * rope_parameters} with both).
   *
   * @param thetaKey where version 4 has the base
   * @param turned components of a head that are turned, R
   * @param positions what {@code max_position_embeddings} says
   */
  static Rope read(ConfigFile config, String thetaKey, int turned, int positions) {
    ConfigFile parameters = config.objectIfPresent("rope_parameters").orElse(config);
    ConfigFile scaling = config.objectIfPresent("rope_scaling").orElse(parameters);
    double theta = config.numberOr(thetaKey, 1, MAX_THETA, 10_000);
    theta = parameters.numberOr("rope_theta", 1, MAX_THETA, theta);
    theta = scaling.numberOr("rope_theta", 1, MAX_THETA, theta);
    String key = scaling.has("rope_type") ? "rope_type" : "type";
    return switch (scaling.stringOr(key, "default")) {
      case "default" -> of(theta, turned, 1, i -> 1);
      case "linear" -> {
        double factor = factor(scaling);
        yield of(theta, turned, 1, i -> 1 / factor);
      }
      case "llama3" -> llama3(scaling, theta, turned, original(scaling, positions));
      case "yarn" -> yarn(scaling, theta, turned, original(scaling, positions));
      default -> throw scaling.fault(key, "default, linear, llama3 or yarn");
    };
  }

  private static Rope of(double theta, int turned, double loudness, IntToDoubleFunction scale) {
    float[] scales = new float[turned / 2];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (float) scale.applyAsDouble(i);
    }
    return new Rope(theta, scales, loudness);
  }

  private static double factor(ConfigFile scaling) {
    return scaling.number(FACTOR, 1 / MAX_FACTOR, MAX_FACTOR);
  }

  private static int original(ConfigFile scaling, int positions) {
    return scaling.integerOr(ORIGINAL, 1, Integer.MAX_VALUE, positions);
  }

  /** Long waves are slowed by the factor, short ones are not, those between by a share. */
  private static Rope llama3(ConfigFile c, double theta, int turned, int original) {
    double factor = factor(c);
    double low = c.number("low_freq_factor", 1 / MAX_FACTOR, MAX_FACTOR);
    double high = c.number("high_freq_factor", 1 / MAX_FACTOR, MAX_FACTOR);
    if (high <= low) {
      throw c.fault("high_freq_factor", "more than low_freq_factor, " + low);
    }
    return of(
        theta,
        turned,
        1,
        i -> {
          double waves = original * Math.pow(theta, -2.0 * i / turned) / (2 * Math.PI);
          double share = Math.min(1, Math.max(0, (waves - low) / (high - low)));
          return (1 - share) / factor + share;
        });
  }

  /** Peng et al. 2023, YaRN, section 3. */
  private static Rope yarn(ConfigFile c, double theta, int turned, int original) {
    double factor = factor(c);
    boolean whole = c.flagOr("truncate", true);
    double low = turnsAt(c.numberOr("beta_fast", 1e-3, MAX_FACTOR, 32), theta, turned, original);
    double high = turnsAt(c.numberOr("beta_slow", 1e-3, MAX_FACTOR, 1), theta, turned, original);
    double first = Math.max(whole ? Math.floor(low) : low, 0);
    double last = Math.min(whole ? Math.ceil(high) : high, turned - 1);
    double width = first == last ? 1e-3 : last - first;
    return of(
        theta,
        turned,
        c.numberOr("attention_factor", 0, MAX_FACTOR, loudness(c, factor)),
        i -> {
          double slowed = Math.min(1, Math.max(0, (i - first) / width));
          return slowed / factor + (1 - slowed);
        });
  }

  /** Index of the frequency that makes so many turns in the original context. */
  private static double turnsAt(double turns, double theta, int turned, int original) {
    return turned * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private static double loudness(ConfigFile c, double factor) {
    double above = c.numberOr("mscale", 0, MAX_FACTOR, 0);
    double below = c.numberOr("mscale_all_dim", 0, MAX_FACTOR, 0);
    return above > 0 && below > 0
        ? mscale(factor, above) / mscale(factor, below)
        : mscale(factor, 1);
  }

  private static double mscale(double factor, double weight) {
    return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  }
}
