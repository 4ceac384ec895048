// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

/** How a client treats its session. <i>Immutable.</i> */
public enum Behaviour {
  /** Speaks, and listens to the end. */
  NORMAL,
  /** Stops reading when the first audio comes, and stays. */
  STALL,
  /** Its connection is gone, without a word, somewhere in the session, unless that ends before. */
  VANISH
}
