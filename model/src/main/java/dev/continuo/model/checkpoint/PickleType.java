// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.util.List;

/** What one global of a pickle stands for. <i>Immutable.</i> */
@FunctionalInterface
interface PickleType {

  /**
   * The value that calling it gives.
   *
   * @param self its name and itself
   * @param arguments as the pickle has them; owned by the callee
   * @throws dev.continuo.model.InputException if they are not what it takes
   */
  Object create(Pickled.Global self, List<Object> arguments, PickleInput in);

  /**
   * The value that an instance becomes when it is given its state.
   *
   * @throws dev.continuo.model.InputException if it takes none
   */
  default Object build(Pickled.Instance instance, Object state, PickleInput in) {
    if (instance.state != null) {
      throw in.fault("a second state of " + instance.type.name(), "one");
    }
    instance.state = state;
    return instance;
  }
}
