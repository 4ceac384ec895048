// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

/** What a language model does for several sessions at once. <i>Immutable.</i> */
enum Pass {
  /** A block of each one's prompt into its context. */
  PREFILL,
  /** The next unit of each. */
  DRAW
}
