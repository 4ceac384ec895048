// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/**
 * Where and how networks run.
 *
 * <p><i>Immutable.</i>
 *
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param precision arithmetic of the large matrices
 * @param threads torch threads a call, at least 1
 */
public record ModelOptions(String device, Precision precision, int threads) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if the device is unknown or {@code threads} is not positive
   */
  public ModelOptions {
    if (!device.matches("cpu|cuda(:\\d+)?")) {
      throw new IllegalArgumentException("device: " + device + " (expected: cpu, cuda or cuda:N)");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: >= 1)");
    }
  }

  /** One thread of the CPU at the given precision. */
  public static ModelOptions cpu(Precision precision) {
    return new ModelOptions("cpu", precision, 1);
  }
}
