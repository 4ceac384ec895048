// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long something takes: one length, or a distribution of lengths.
 *
 * <p>Written {@code 3}, {@code uniform:1,5}, {@code exponential:3} (mean) or {@code
 * lognormal:3,0.5} (median and the standard deviation of the logarithm, a common model of how long
 * people speak). <i>Immutable.</i>
 *
 * @param shape the distribution
 * @param first the length, the lower end, the mean or the median, in seconds
 * @param second the upper end in seconds, or the logarithm's standard deviation; 0 otherwise
 */
public record Lengths(Shape shape, double first, double second) {
  /** What {@link #parse} takes. */
  public static final String SYNTAX =
      "seconds, uniform:LOW,HIGH, exponential:MEAN or lognormal:MEDIAN,SIGMA";

  private static final Pattern TEXT =
      Pattern.compile("(?:(uniform|exponential|lognormal):)?([0-9.]+)(?:,([0-9.]+))?");
  private static final double MAX_SECONDS = 3600;

  /** Distributions. */
  public enum Shape {
    /** Always the same. */
    FIXED,
    /** Between two lengths. */
    UNIFORM,
    /** Memoryless. */
    EXPONENTIAL,
    /** Skewed, as speech is. */
    LOGNORMAL
  }

  /** One length. */
  public static Lengths fixed(double seconds) {
    return new Lengths(Shape.FIXED, seconds, 0);
  }

  /**
   * Reads {@link #SYNTAX}.
   *
   * @throws IllegalArgumentException if it is something else, or beyond an hour
   */
  public static Lengths parse(String text) {
    Matcher match = TEXT.matcher(text.toLowerCase(Locale.ROOT));
    if (match.matches()) {
      Shape shape =
          match.group(1) == null
              ? Shape.FIXED
              : Shape.valueOf(match.group(1).toUpperCase(Locale.ROOT));
      boolean two = shape == Shape.UNIFORM || shape == Shape.LOGNORMAL;
      if (two == (match.group(3) != null)) {
        try {
          double first = Double.parseDouble(match.group(2));
          double second = two ? Double.parseDouble(match.group(3)) : 0;
          boolean ordered = shape != Shape.UNIFORM || first <= second;
          if (ordered && first <= MAX_SECONDS && second <= MAX_SECONDS) {
            return new Lengths(shape, first, second);
          }
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException(text + " (expected: " + SYNTAX + ")", e);
        }
      }
    }
    throw new IllegalArgumentException(text + " (expected: " + SYNTAX + ", up to an hour)");
  }

  /** A length in seconds, at most an hour. */
  public double draw(RandomGenerator random) {
    double seconds =
        switch (shape) {
          case FIXED -> first;
          case UNIFORM -> first + (second - first) * random.nextDouble();
          case EXPONENTIAL -> first * random.nextExponential();
          case LOGNORMAL -> first * Math.exp(second * random.nextGaussian());
        };
    return Math.min(seconds, MAX_SECONDS);
  }

  /** The expected length in seconds. */
  public double mean() {
    return switch (shape) {
      case FIXED, EXPONENTIAL -> first;
      case UNIFORM -> (first + second) / 2;
      case LOGNORMAL -> first * Math.exp(second * second / 2);
    };
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String name = shape.name().toLowerCase(Locale.ROOT);
    return switch (shape) {
      case FIXED -> Double.toString(first);
      case EXPONENTIAL -> name + ":" + first;
      case UNIFORM, LOGNORMAL -> name + ":" + first + "," + second;
    };
  }
}
