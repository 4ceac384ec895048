// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.TorchTypes.Storage;
import dev.continuo.model.checkpoint.TorchTypes.View;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tensors that a file's pickle describes, checked against the storages it describes; whether
 * those are there is for the file's own format to check. <i>Immutable.</i>
 */
final class TorchTensors {
  private final Path path;
  private final Map<String, View> views;
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();

  /**
   * Checks all tensors in a pickle's value.
   *
   * @throws InputException naming the tensor that cannot be, or if there is none
   */
  TorchTensors(Path path, Object value) {
    this.path = path;
    this.views = StateDict.tensors(path, value);
    views.forEach(this::add);
  }

  private void add(String name, View view) {
    Storage storage = view.storage();
    Storage same = storages.putIfAbsent(storage.key(), storage);
    if (same != null && !same.equals(storage)) {
      String what = "storage " + Quoted.plain(storage.key()) + ": " + shown(storage);
      throw fault(name, what, shown(same) + ", as of another tensor");
    }
    checkShape(name, view);
    infos.put(name, new TensorInfo(name, storage.dtype(), view.shape()));
  }

  private static String shown(Storage storage) {
    return storage.dtype() + " [" + storage.elements() + "]";
  }

  private void checkShape(String name, View view) {
    long[] shape = view.shape();
    long[] strides = view.strides();
    String what = "shape " + Arrays.toString(shape) + ", strides " + Arrays.toString(strides);
    if (shape.length != strides.length
        || Arrays.stream(shape).anyMatch(size -> size < 0)
        || Arrays.stream(strides).anyMatch(stride -> stride < 0)) {
      throw fault(name, what, "as many sizes as strides, each 0 or more");
    }
    long elements = 1;
    long last = view.offset();
    try {
      for (int i = 0; i < shape.length; i++) {
        elements = Math.multiplyExact(elements, shape[i]);
        last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
    } catch (ArithmeticException e) {
      throw fault(name, what, "a product below 2^63");
    }
    long stored = view.storage().elements();
    if (view.offset() < 0 || view.offset() > stored || (elements > 0 && last >= stored)) {
      String where = what + " from element " + view.offset();
      throw fault(name, where, "inside the " + stored + " elements of its storage");
    }
    if (elements > stored) {
      throw fault(name, what, "no more elements than the " + stored + " of its storage");
    }
  }

  private InputException fault(String name, String what, String expected) {
    return new InputException(
        path + ": " + Quoted.plain(name) + ": " + what + " (expected: " + expected + ")");
  }

  Path path() {
    return path;
  }

  /** Every storage that a tensor lies in, once. */
  Collection<Storage> storages() {
    return storages.values();
  }

  /** Type and shape of each tensor, by name. */
  Map<String, TensorInfo> infos() {
    return infos;
  }

  /** Where the tensor of this name lies. */
  View view(String name) {
    View view = views.get(name);
    if (view == null) {
      throw Checkpoint.missing(path, name);
    }
    return view;
  }
}
