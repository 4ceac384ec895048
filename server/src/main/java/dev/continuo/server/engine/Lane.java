// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import java.util.Set;

/**
 * The networks that a step runs. Steps of different lanes may run at the same time, for different
 * tasks. <i>Immutable.</i>
 */
enum Lane {
  /** Passes of language models. */
  LANGUAGE,
  /** Encoders and vocoders, and whatever else a task has to do. */
  CODECS;

  /** All of them, for a thread that does everything. */
  static final Set<Lane> ALL = Set.of(values());
}
