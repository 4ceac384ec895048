// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.Sampling;
import java.util.OptionalInt;

/** How published code draws units by default. <i>Immutable.</i> */
enum Preset {
  /** Our own defaults. */
  NONE(Sampling.DEFAULT_TOP_K, 1),

  /**
   * TWIST (facebookresearch/textlesslib, examples/twist/speech_lm.py): at most three times the
   * prompt and 250 units in all; top-k is transformers' default.
   */
  TWIST(50, 1),

  /** SlamKit (slp-rl/slamkit, config/metric/generate.yaml; the penalty: Slam, table 6). */
  SLAM(25, 1.1);

  private static final int TWIST_MOST_UNITS = 250;
  private static final int TWIST_PROMPTS = 3;
  private static final int SLAM_NEW_UNITS = 150;

  private final int topK;
  private final double repetitionPenalty;

  Preset(int topK, double repetitionPenalty) {
    this.topK = topK;
    this.repetitionPenalty = repetitionPenalty;
  }

  double temperature() {
    return Sampling.DEFAULT_TEMPERATURE;
  }

  int topK() {
    return topK;
  }

  double repetitionPenalty() {
    return repetitionPenalty;
  }

  /**
   * Most units drawn after a prompt, if the preset limits them; not positive if the prompt is too
   * long already.
   */
  OptionalInt maxUnits(int promptUnits) {
    return switch (this) {
      case NONE -> OptionalInt.empty();
      case TWIST ->
          OptionalInt.of(Math.min(TWIST_MOST_UNITS, TWIST_PROMPTS * promptUnits) - promptUnits);
      case SLAM -> OptionalInt.of(SLAM_NEW_UNITS);
    };
  }
}
