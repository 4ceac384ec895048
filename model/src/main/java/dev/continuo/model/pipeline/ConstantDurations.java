// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.UnitVocoder;
import java.util.Arrays;

/**
 * Every unit lasts the same: where a vocoder predicts no durations.
 *
 * <p><i>Serialised by the caller.</i>
 *
 * @param frames of each unit, at least 1
 */
record ConstantDurations(int frames) implements UnitVocoder.Durations {
  private static final int[] NONE = {};

  @Override
  public int[] push(int[] units) {
    int[] durations = new int[units.length];
    Arrays.fill(durations, frames);
    return durations;
  }

  @Override
  public int[] finish() {
    return NONE;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
