// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.Arrays;

/** Arrays of samples. <i>Immutable.</i> */
final class Samples {
  static final float[] NONE = {};

  private Samples() {}

  static float[] concat(float[] head, float[] tail) {
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
