// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A memory-mapped safetensors file, checked as a whole when it is opened.
 *
 * <p>Format: huggingface/safetensors, README. The file is held by its mappings alone, so there is
 * nothing to close; it must not be truncated while tensors of it are in use. <i>Immutable.</i>
 */
public final class Safetensors implements Checkpoint {
  /** Longest header, upstream's own limit. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private final Path path;
  private final Map<String, TensorData> tensors;
  private final Set<String> oversized;

  private Safetensors(Path path, Map<String, TensorData> tensors, Set<String> oversized) {
    this.path = path;
    this.tensors = tensors;
    this.oversized = oversized;
  }

  /**
   * Opens, checks and maps a file.
   *
   * @throws InputException if it cannot be read or breaks a rule of the format
   */
  public static Safetensors open(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      int headerBytes = headerBytes(path, file);
      byte[] header = file.read(LENGTH_BYTES, headerBytes);
      long dataStart = LENGTH_BYTES + (long) headerBytes;
      List<SafetensorsHeader.Entry> entries =
          SafetensorsHeader.read(path, header, file.size() - dataStart);
      return map(path, file, dataStart, entries);
    }
  }

  @Override
  public Path path() {
    return path;
  }

  /** Names of all tensors, in the order of their data. */
  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    return entry(name).info();
  }

  @Override
  public TensorData get(String name) {
    TensorData tensor = entry(name);
    if (oversized.contains(name)) {
      throw new InputException(
          path + ": " + tensor.describe() + " (expected: at most 2^31 - 1 bytes a tensor)");
    }
    return tensor;
  }

  private TensorData entry(String name) {
    TensorData tensor = tensors.get(name);
    if (tensor == null) {
      throw Checkpoint.missing(path, name);
    }
    return tensor;
  }

  private static int headerBytes(Path path, MappedFile file) {
    if (file.size() < LENGTH_BYTES) {
      throw new InputException(
          path + ": " + file.size() + " bytes (expected: a safetensors file, at least 8 bytes)");
    }
    long length =
        ByteBuffer.wrap(file.read(0, LENGTH_BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new InputException(
          path
              + ": header length "
              + Long.toUnsignedString(length)
              + " (expected: a safetensors file, at most "
              + MAX_HEADER_BYTES
              + ")");
    }
    if (length > file.size() - LENGTH_BYTES) {
      throw new InputException(
          path
              + ": header length "
              + length
              + " (expected: at most the "
              + (file.size() - LENGTH_BYTES)
              + " bytes that follow; is the file cut?)");
    }
    return (int) length;
  }

  /** Maps runs of neighbouring tensors of up to 2^31 - 1 bytes, so that mappings stay few. */
  private static Safetensors map(
      Path path, MappedFile file, long dataStart, List<SafetensorsHeader.Entry> entries) {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    Set<String> oversized = new HashSet<>();
    int first = 0;
    while (first < entries.size()) {
      long start = entries.get(first).start();
      int last = first;
      while (last < entries.size() && entries.get(last).end() - start <= Integer.MAX_VALUE) {
        last++;
      }
      if (last == first) {
        SafetensorsHeader.Entry entry = entries.get(first++);
        oversized.add(entry.name());
        tensors.put(entry.name(), tensor(entry, ByteBuffer.allocateDirect(0)));
        continue;
      }
      ByteBuffer run = file.map(dataStart + start, entries.get(last - 1).end() - start);
      for (SafetensorsHeader.Entry entry : entries.subList(first, last)) {
        int offset = (int) (entry.start() - start);
        ByteBuffer data = run.slice(offset, (int) (entry.end() - entry.start()));
        tensors.put(entry.name(), tensor(entry, data.order(ByteOrder.LITTLE_ENDIAN)));
      }
      first = last;
    }
    return new Safetensors(path, tensors, oversized);
  }

  private static TensorData tensor(SafetensorsHeader.Entry entry, ByteBuffer data) {
    return new TensorData(new TensorInfo(entry.name(), entry.dtype(), entry.shape()), data);
  }
}
