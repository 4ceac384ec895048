// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/** How a session ended. Every session that was started has exactly one. <i>Immutable.</i> */
public enum Outcome {
  /** Everything that belongs to a session came, in order. */
  COMPLETED,
  /** The server had no room for it and said so before anything else. */
  REJECTED,
  /** It ended with another status, or against the contract. */
  FAILED,
  /** The driver let it vanish, as planned. */
  VANISHED,
  /** The driver stopped reading, as planned; whatever came of it. */
  STALLED,
  /** The run was stopped before it ended. */
  INTERRUPTED
}
