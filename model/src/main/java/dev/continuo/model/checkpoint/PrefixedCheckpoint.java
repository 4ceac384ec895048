// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint whose names are found with and without prefixes. Two tensors whose names differ in
 * nothing else are told apart by their exact names only. <i>Immutable.</i>
 */
final class PrefixedCheckpoint implements Checkpoint {
  private final Checkpoint inner;
  private final List<String> prefixes;
  private final Map<String, String> nameOfBare = new HashMap<>();
  private final Set<String> ambiguous = new HashSet<>();

  /**
   * A view.
   *
   * @param prefixes each is taken off once at most, in this order
   */
  PrefixedCheckpoint(Checkpoint inner, List<String> prefixes) {
    this.inner = inner;
    this.prefixes = prefixes;
    for (String name : inner.names()) {
      if (nameOfBare.put(bare(name), name) != null) {
        ambiguous.add(bare(name));
      }
    }
  }

  private String bare(String name) {
    String rest = name;
    for (String prefix : prefixes) {
      rest = rest.startsWith(prefix) ? rest.substring(prefix.length()) : rest;
    }
    return rest;
  }

  /** The name in the file, or the given one where there is none. */
  private String resolve(String name) {
    if (inner.has(name)) {
      return name;
    }
    if (ambiguous.contains(bare(name))) {
      throw new InputException(
          path()
              + ": several tensors are named "
              + Quoted.plain(bare(name))
              + " but for the prefixes "
              + String.join(", ", prefixes)
              + " (expected: one)");
    }
    return nameOfBare.getOrDefault(bare(name), name);
  }

  @Override
  public Path path() {
    return inner.path();
  }

  @Override
  public List<Path> files() {
    return inner.files();
  }

  /** Names in the file, prefixes and all. */
  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(inner.names());
  }

  @Override
  public boolean has(String name) {
    return inner.has(resolve(name));
  }

  @Override
  public TensorInfo info(String name) {
    return inner.info(resolve(name));
  }

  @Override
  public TensorData get(String name) {
    return inner.get(resolve(name));
  }
}
