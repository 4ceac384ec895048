// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What work for one of several came to that was done together: its result, or why it alone failed.
 * <i>Immutable.</i>
 *
 * @param result null where it failed
 * @param failure null where it did not
 */
public record Outcome<T>(@Nullable T result, @Nullable RuntimeException failure) {

  /** Checks that it is one of the two. */
  public Outcome {
    if ((result == null) == (failure == null)) {
      throw new IllegalArgumentException("outcome: a result or a failure (expected: one of them)");
    }
  }

  /** What {@code work} comes to. */
  public static <T> Outcome<T> of(Supplier<T> work) {
    try {
      return new Outcome<>(work.get(), null);
    } catch (RuntimeException e) {
      return new Outcome<>(null, e);
    }
  }

  /**
   * The result.
   *
   * @throws RuntimeException the failure, where it failed
   */
  public T get() {
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(result);
  }
}
