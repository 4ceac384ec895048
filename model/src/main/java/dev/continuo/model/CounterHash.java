// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/**
 * Counter-based random numbers: a pure function of (seed, turn, position), so that a draw is
 * independent of batch mates and of history and can be resumed anywhere.
 *
 * <p>Three rounds of the SplitMix64 finaliser (Steele, Lea and Flood 2014, "Fast splittable
 * pseudorandom number generators", variant 13 of Stafford's mixers), one after each counter is
 * added in steps of the golden gamma. <i>Immutable.</i>
 */
public final class CounterHash {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private CounterHash() {}

  /**
   * The uniform number of one step.
   *
   * @param seed the session's seed
   * @param turn turn of the conversation, from 0
   * @param position position of the drawn unit in the language model's context, from 0
   * @return a multiple of 2^-53 in [0, 1)
   */
  public static double uniform(long seed, long turn, long position) {
    long z = mix(seed + GOLDEN_GAMMA);
    z = mix(z + (turn + 1) * GOLDEN_GAMMA);
    z = mix(z + (position + 1) * GOLDEN_GAMMA);
    return (z >>> 11) * 0x1.0p-53;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
