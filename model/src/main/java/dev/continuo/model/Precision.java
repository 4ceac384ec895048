// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/** Arithmetic of a network's large matrices. <i>Immutable.</i> */
public enum Precision {
  /** Weights and activations in float32: for exact comparison. */
  F32,
  /** Weights in float16, activations and sums in float32: the default for serving. */
  FP16,
  /** Weights in int8 with a scale a row of the matrix, activations quantised a row at a time. */
  INT8,
  /** Weights and activations in bfloat16. */
  BF16
}
