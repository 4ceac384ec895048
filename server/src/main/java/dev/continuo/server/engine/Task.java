// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;
import org.jspecify.annotations.Nullable;

/**
 * Work of the engine for one call, done in steps of a few milliseconds.
 *
 * <p><i>Serialised by the engine, but for what an implementation says otherwise: {@link #step} by
 * the thread of its lane, {@link #free} by that of the codecs.</i>
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
   * From when on it goes before all that only should be done soon, by the engine's ticker; read
   * while it is ready.
   */
  long neededNanos();

  /** The networks that its next step runs; read while it is ready. */
  Lane lane();

  /** The pass that its next step is, which others may join, or none; read while it is ready. */
  default @Nullable Pass pass() {
    return null;
  }

  /** What such a pass of it runs: who joins has the same. */
  default Object network(Pass pass) {
    return this;
  }

  /** Most tasks that are worth one such pass. */
  default int mostTogether(Pass pass) {
    return 1;
  }

  /**
   * Whether somebody waits for its first result, so that only what is as urgent may join its pass.
   */
  default boolean isNew() {
    return false;
  }

  /**
   * Does one step, where it is no {@link #pass}.
   *
   * @return what was computed, {@code WAIT} if nothing was
   * @throws RuntimeException if the task cannot go on; then {@link #fail} and {@link #free} follow
   */
  Stage step();

  /** A step of it, or a pass for it and others, has been done. */
  void stepped(long nowNanos);

  /** Whether it needs the engine no more. */
  boolean over();

  /** Tells its listener that it has failed; it is over then. */
  void fail(RuntimeException cause);

  /** Frees what it holds. Idempotent; nothing follows. */
  void free();
}
