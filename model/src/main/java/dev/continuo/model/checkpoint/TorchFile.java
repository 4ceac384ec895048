// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.TorchTypes.View;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;

/**
 * Tensors in a file of {@code torch.save}, of either format. Names are the dictionary's keys, those
 * of dictionaries inside it joined by dots; tensors may share storages, be views of them and have
 * any strides. <i>Immutable.</i>
 */
public final class TorchFile implements Checkpoint {
  private final TorchTensors tensors;
  private final PickledValues values;
  private final MappedRanges data;

  /** Tensors over the storages they were found to lie in. */
  TorchFile(TorchTensors tensors, PickledValues values, MappedRanges data) {
    this.tensors = tensors;
    this.values = values;
    this.data = data;
  }

  /**
   * Opens a file.
   *
   * @throws InputException if it cannot be read, is no file of {@code torch.save}, is damaged, or
   *     its pickle names anything but tensors and plain data
   */
  public static TorchFile open(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      if (isZip(file)) {
        return TorchZip.read(path, file);
      } else if (isPickle(file)) {
        return TorchLegacy.read(path, file);
      }
    }
    throw new InputException(path + ": neither zip nor pickle (expected: a file of torch.save)");
  }

  /** Whether it begins as a zip archive does. */
  static boolean isZip(MappedFile file) {
    return file.size() >= 4 && file.read(0, 2)[0] == 'P' && file.read(0, 2)[1] == 'K';
  }

  /** Whether it begins as a pickle of protocol 2 or later does. */
  static boolean isPickle(MappedFile file) {
    return file.size() >= 2 && file.read(0, 1)[0] == (byte) 0x80;
  }

  /** What the file holds beside its tensors. */
  public PickledValues values() {
    return values;
  }

  @Override
  public Path path() {
    return tensors.path();
  }

  /** Names of all tensors, in the order of the pickle. */
  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.infos().keySet());
  }

  @Override
  public TensorInfo info(String name) {
    TensorInfo info = tensors.infos().get(name);
    if (info == null) {
      throw Checkpoint.missing(path(), name);
    }
    return info;
  }

  @Override
  public TensorData get(String name) {
    TensorInfo info = info(name);
    View view = tensors.view(name);
    if (!data.has(view.storage().key())) {
      throw new InputException(
          path() + ": " + info.describe() + " (expected: at most 2^31 - 1 bytes a storage)");
    }
    ByteBuffer storage = data.get(view.storage().key());
    int bytes = info.dtype().bytes();
    if (!StridedCopy.isContiguous(view.shape(), view.strides())) {
      return new TensorData(
          info,
          StridedCopy.of(storage, view.offset(), view.shape(), view.strides(), bytes)
              .asReadOnlyBuffer()
              .order(ByteOrder.LITTLE_ENDIAN));
    }
    ByteBuffer slice = storage.slice((int) view.offset() * bytes, (int) info.bytes());
    return new TensorData(info, slice.order(ByteOrder.LITTLE_ENDIAN));
  }

  /** A storage that several tensors share counts once. */
  @Override
  public long storedBytes() {
    return tensors.storages().stream().mapToLong(s -> s.elements() * s.dtype().bytes()).sum();
  }
}
