// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.MappedRanges.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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
  private final Map<String, TensorInfo> infos;
  private final MappedRanges data;

  private Safetensors(Path path, Map<String, TensorInfo> infos, MappedRanges data) {
    this.path = path;
    this.infos = infos;
    this.data = data;
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
    return Collections.unmodifiableSet(infos.keySet());
  }

  @Override
  public TensorInfo info(String name) {
    TensorInfo info = infos.get(name);
    if (info == null) {
      throw Checkpoint.missing(path, name);
    }
    return info;
  }

  @Override
  public TensorData get(String name) {
    TensorInfo info = info(name);
    if (!data.has(name)) {
      throw new InputException(
          path + ": " + info.describe() + " (expected: at most 2^31 - 1 bytes a tensor)");
    }
    return new TensorData(info, data.get(name));
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

  private static Safetensors map(
      Path path, MappedFile file, long dataStart, List<SafetensorsHeader.Entry> entries) {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    List<Range> ranges = new ArrayList<>();
    for (SafetensorsHeader.Entry entry : entries) {
      infos.put(entry.name(), new TensorInfo(entry.name(), entry.dtype(), entry.shape()));
      ranges.add(new Range(entry.name(), dataStart + entry.start(), dataStart + entry.end()));
    }
    return new Safetensors(path, infos, new MappedRanges(file, ranges));
  }
}
