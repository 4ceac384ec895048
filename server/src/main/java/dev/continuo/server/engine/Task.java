// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;

/**
 * Work of the engine for one call, done in steps of a few milliseconds.
 *
 * <p><i>Confined to the engine thread, but for what an implementation says otherwise.</i>
 */
interface Task {

  /** Whether {@link #step} has something to do now. */
  boolean ready();

  /** When that should be done, by the engine's ticker; read while it is ready. */
  long deadlineNanos();

  /**
   * Whether being later than {@link #deadlineNanos} is heard; it only orders the tasks otherwise.
   */
  boolean hasDeadline();

  /** The session it works for, by its id. */
  String session();

  /** Name of the bundle whose networks it uses. */
  String bundle();

  /**
   * Does one step.
   *
   * @return what was computed, {@code WAIT} if nothing was
   * @throws RuntimeException if the task cannot go on; then {@link #fail} and {@link #free} follow
   */
  Stage step();

  /** Whether it needs the engine no more. */
  boolean over();

  /** Tells its listener that it has failed. */
  void fail(RuntimeException cause);

  /** Frees what it holds. Idempotent; nothing follows. */
  void free();
}
