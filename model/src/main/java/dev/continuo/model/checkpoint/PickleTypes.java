// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * The globals that a kind of pickle may name. A name is only ever looked up here: nothing is loaded
 * or called by it. <i>Immutable.</i>
 */
interface PickleTypes {

  /** What a global stands for, or null if the pickle must be refused. */
  @Nullable PickleType find(String module, String name);

  /**
   * What a persistent id, a reference to something outside the pickle, stands for.
   *
   * @throws dev.continuo.model.InputException if it is of no kind that is known
   */
  default Object persistent(Object id, PickleInput in) {
    throw in.fault("a persistent id", "none in this kind of file");
  }
}
