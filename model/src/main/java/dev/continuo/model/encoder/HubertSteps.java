// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.StreamingPolicy.Statistics;

/**
 * A {@link StreamingPolicy} in frames. <i>Immutable.</i>
 *
 * @param left frames of context before a step
 * @param step frames of a step, at least 1
 * @param ahead frames of look-ahead
 */
record HubertSteps(int left, int step, int ahead, Statistics statistics, Mode mode) {

  static HubertSteps of(StreamingPolicy policy, HubertShape shape) {
    double framesPerMilli = HubertShape.SAMPLE_RATE_HZ / 1000.0 / shape.hop();
    return new HubertSteps(
        frames(policy.leftContextMillis(), framesPerMilli),
        Math.max(1, frames(policy.stepMillis(), framesPerMilli)),
        frames(policy.lookAheadMillis(), framesPerMilli),
        policy.statistics(),
        policy.mode());
  }

  private static int frames(int millis, double framesPerMilli) {
    return (int) Math.ceil(millis * framesPerMilli);
  }
}
