// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

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
   * Does one step.
   *
   * @throws RuntimeException if the task cannot go on; then {@link #fail} and {@link #free} follow
   */
  void step();

  /** Whether it needs the engine no more. */
  boolean over();

  /** Tells its listener that it has failed. */
  void fail(RuntimeException cause);

  /** Frees what it holds. Idempotent; nothing follows. */
  void free();
}
