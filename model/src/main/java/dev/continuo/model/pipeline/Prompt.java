// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

/**
 * What is known of a prompt before its audio comes.
 *
 * <p><i>Immutable.</i>
 *
 * @param name how messages call it, a file name for example
 * @param rateHz sample rate of its audio in Hz
 * @param maxSamples most samples it may have, or {@link #UNKNOWN}; where it is known, the language
 *     model takes no more memory than needed
 */
public record Prompt(String name, int rateHz, long maxSamples) {

  /** Where the length is known only at the end. */
  public static final long UNKNOWN = Long.MAX_VALUE;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if the rate is not positive or {@code maxSamples} is negative
   */
  public Prompt {
    if (rateHz < 1) {
      throw new IllegalArgumentException("rateHz: " + rateHz + " (expected: >= 1)");
    }
    if (maxSamples < 0) {
      throw new IllegalArgumentException("maxSamples: " + maxSamples + " (expected: >= 0)");
    }
  }
}
