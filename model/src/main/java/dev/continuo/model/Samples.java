// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import java.util.Arrays;

/** Arrays of samples. <i>Thread-safe: stateless.</i> */
public final class Samples {
  private Samples() {}

  /** The samples of one behind those of the other; a new array. */
  public static float[] concat(float[] head, float[] tail) {
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
