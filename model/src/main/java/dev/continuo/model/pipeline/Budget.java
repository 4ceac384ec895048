// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.SpeechEncoder;

/**
 * How much a continuation may take: samples of speech, positions of the language model.
 *
 * <p>A unit lasts at least a frame, so a prompt has at most as many units as frames, and so has the
 * continuation, with a quarter and eight more for draws that are merged and those the duration
 * predictor looks ahead. <i>Immutable.</i>
 *
 * @param prompt what is known of the prompt
 * @param samples wanted samples of continuation, at least 1
 * @param positions positions of the language model's context
 * @param unitRateHz units a second, for messages
 */
record Budget(Prompt prompt, long samples, int positions, double unitRateHz) {
  /** A day of 25 Hz units is far beyond any context, and keeps the arithmetic exact. */
  private static final double MAX_SECONDS = 86_400;

  /**
   * The budget of one continuation.
   *
   * @throws IllegalArgumentException if {@code seconds} is not in (0, 86400]
   */
  static Budget of(Networks networks, Prompt prompt, double seconds) {
    if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
      throw new IllegalArgumentException("seconds: " + seconds + " (expected: > 0, <= 86400)");
    }
    SpeechEncoder encoder = networks.encoder();
    long samples = Math.max(1, Math.round(seconds * networks.vocoder().sampleRateHz()));
    double spokenFrames = Math.ceil((double) samples / networks.vocoder().samplesPerFrame());
    double promptFrames =
        Math.ceil((double) prompt.maxSamples() / prompt.rateHz() * encoder.unitRateHz());
    double wanted = promptFrames + Math.ceil(spokenFrames * 1.25) + 8;
    int positions = (int) Math.min(wanted, networks.languageModel().maxPositions());
    return new Budget(prompt, samples, positions, encoder.unitRateHz());
  }

  /**
   * Checks that a prompt leaves room for a unit of continuation.
   *
   * @param units units of the prompt so far
   * @param seconds seconds of the prompt so far
   * @throws PromptTooLongException if it does not
   */
  void check(int units, double seconds) {
    int limit = positions - 1;
    if (units > limit) {
      throw new PromptTooLongException(
          "%s: prompt too long, %d units in %.1f s (expected: at most %d units, at least %.1f s)"
              .formatted(prompt.name(), units, seconds, limit, limit / unitRateHz));
    }
  }
}
