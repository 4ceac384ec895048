// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

/**
 * Where a research call's results go.
 *
 * <p><i>Thread-safe for one producer; {@link #isReady} and {@link #gone} from any thread.</i>
 *
 * @param <T> kind of result
 */
public interface Results<T> {

  /** Whether more results are wanted at the moment; the engine is woken when they are again. */
  boolean isReady();

  /** Whether nobody waits for results any more. */
  boolean gone();

  /** Gives the next result. */
  void next(T result);

  /** There are no more results. */
  void complete();

  /** There will be no more results. */
  void fail(RuntimeException cause);
}
