// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.checkpoint.Pickled.Dict;
import dev.continuo.model.checkpoint.Pickled.Instance;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plain values that a pickle holds beside its tensors, such as a trainer's configuration.
 *
 * <p>A path goes down through dictionaries and the attributes of objects (argparse's Namespace,
 * omegaconf's containers and nodes), which look the same from here. <i>Immutable.</i>
 */
public final class PickledValues {
  private final Object root;

  PickledValues(Object root) {
    this.root = root;
  }

  /**
   * The value at a path, if it is there and plain: a Boolean, Long, Double or String, or a List of
   * those, what else it holds left out.
   */
  public Optional<Object> value(String... path) {
    Object found = find(path);
    return Optional.ofNullable(found == null ? null : plain(found));
  }

  /** Whether there is anything at a path, None included. */
  public boolean has(String... path) {
    return find(path) != null;
  }

  private @Nullable Object find(String... path) {
    Object at = root;
    for (String key : path) {
      Dict dict = dict(at);
      Object next = dict == null ? null : dict.items.get(key);
      if (next == null) {
        return null;
      }
      at = next;
    }
    return at;
  }

  private static @Nullable Dict dict(Object value) {
    if (value instanceof Instance instance) {
      Object content = instance.attribute("_content");
      return content instanceof Dict dict
          ? dict
          : instance.state instanceof Dict state ? state : null;
    }
    return value instanceof Dict dict ? dict : null;
  }

  private static @Nullable Object plain(Object value) {
    Object unwrapped = unwrapped(value);
    if (isScalar(unwrapped)) {
      return unwrapped;
    }
    List<Object> items = PlainTypes.items(unwrapped);
    if (items == null) {
      return null;
    }
    Collection<Object> plain = new ArrayList<>();
    for (Object item : items) {
      Object scalar = unwrapped(item);
      if (isScalar(scalar)) {
        plain.add(scalar);
      }
    }
    return List.copyOf(plain);
  }

  /** The value of an omegaconf node, the items of its lists, the value of an enum. */
  private static Object unwrapped(Object value) {
    if (value instanceof Instance instance) {
      for (String attribute : List.of("_val", "_content")) {
        Object inner = instance.attribute(attribute);
        if (inner != null) {
          return inner;
        }
      }
      if (instance.state == null && instance.arguments.size() == 1) {
        return instance.arguments.get(0);
      }
    }
    return value;
  }

  private static boolean isScalar(Object value) {
    return value instanceof Boolean
        || value instanceof Long
        || value instanceof Double
        || value instanceof String;
  }
}
