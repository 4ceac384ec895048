// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ranges of a file, mapped in few pieces: neighbours of up to 2^31 - 1 bytes share one.
 * <i>Immutable.</i>
 */
final class MappedRanges {
  private final Map<String, ByteBuffer> buffers = new HashMap<>();

  /**
   * A range by its name; {@code start} and {@code end} in bytes of the file. A range of more than
   * 2^31 - 1 bytes has no buffer.
   */
  record Range(String name, long start, long end) {}

  /** Maps ranges inside the file that do not overlap. */
  MappedRanges(MappedFile file, List<Range> ranges) {
    List<Range> sorted =
        ranges.stream()
            .filter(range -> range.end - range.start <= Integer.MAX_VALUE)
            .sorted(Comparator.comparingLong(Range::start).thenComparingLong(Range::end))
            .toList();
    int first = 0;
    while (first < sorted.size()) {
      long start = sorted.get(first).start;
      int last = first;
      while (last < sorted.size() && sorted.get(last).end - start <= Integer.MAX_VALUE) {
        last++;
      }
      ByteBuffer run = file.map(start, sorted.get(last - 1).end - start);
      for (Range range : sorted.subList(first, last)) {
        int offset = (int) (range.start - start);
        ByteBuffer slice = run.slice(offset, (int) (range.end - range.start));
        buffers.put(range.name, slice.order(ByteOrder.LITTLE_ENDIAN));
      }
      first = last;
    }
  }

  /** Whether the range has a buffer. */
  boolean has(String name) {
    return buffers.containsKey(name);
  }

  /** The range's bytes: read-only, direct, little-endian, position 0. */
  ByteBuffer get(String name) {
    ByteBuffer buffer = buffers.get(name);
    if (buffer == null) {
      throw new IllegalArgumentException(name + " is not mapped");
    }
    return buffer;
  }
}
