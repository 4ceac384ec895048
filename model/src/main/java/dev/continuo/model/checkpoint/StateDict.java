// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Pickled.Dict;
import dev.continuo.model.checkpoint.TorchTypes.View;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors in what a pickle holds, by name: those of a dictionary inside another one get its key
 * and a dot in front, as in {@code generator.conv_pre.weight}. <i>Serialised by the caller.</i>
 */
final class StateDict {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_VISITS = 1 << 20;
  private static final int MAX_NAME_CHARS = 1024;
  private static final int MAX_ALL_NAME_CHARS = 16 << 20;

  private final Path file;
  private final Map<String, View> tensors = new LinkedHashMap<>();
  private int visits;
  private int nameChars;

  private StateDict(Path file) {
    this.file = file;
  }

  /**
   * Finds all tensors.
   *
   * @param root value of the pickle
   * @throws InputException if there is none, or two have the same name
   */
  static Map<String, View> tensors(Path file, Object root) {
    StateDict found = new StateDict(file);
    found.visit(root instanceof View ? "tensor" : "", root, 0);
    if (found.tensors.isEmpty()) {
      throw new InputException(file + ": no tensors (expected: a dictionary of tensors)");
    }
    return found.tensors;
  }

  private void visit(String name, Object value, int depth) {
    if (++visits > MAX_VISITS || depth > MAX_DEPTH || name.length() > MAX_NAME_CHARS) {
      throw new InputException(
          file
              + ": "
              + Quoted.plain(name)
              + ": nested too much (expected: a dictionary of tensors)");
    }
    List<Object> items = PlainTypes.items(value);
    if (value instanceof View view) {
      nameChars += name.length();
      if (tensors.size() == SafetensorsHeader.MAX_TENSORS || nameChars > MAX_ALL_NAME_CHARS) {
        String most = " (expected: <= " + SafetensorsHeader.MAX_TENSORS + ")";
        throw new InputException(file + ": too many tensors" + most);
      }
      if (tensors.put(name, view) != null) {
        throw new InputException(
            file + ": " + Quoted.plain(name) + ": a second tensor of this name (expected: one)");
      }
    } else if (value instanceof Dict dict) {
      for (Map.Entry<Object, Object> entry : dict.items.entrySet()) {
        if (entry.getKey() instanceof String || entry.getKey() instanceof Long) {
          visit(join(name, entry.getKey()), entry.getValue(), depth + 1);
        }
      }
    } else if (items != null) {
      for (int i = 0; i < items.size(); i++) {
        visit(join(name, i), items.get(i), depth + 1);
      }
    }
  }

  private static String join(String name, Object key) {
    return name.isEmpty() ? key.toString() : name + "." + key;
  }
}
