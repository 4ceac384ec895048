// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files, tensor by tensor: what is in memory is a buffer. <i>Immutable.</i> */
public final class SafetensorsWriter {
  private static final int CHUNK = 1 << 16;
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /** Gives a tensor's elements in row-major order, some at a time. */
  @FunctionalInterface
  public interface Source {
    /**
     * Puts the next elements into the array.
     *
     * @param to borrowed; filled from 0 on
     * @param count how many
     */
    void next(float[] to, int count);
  }

  /**
   * A tensor to write.
   *
   * @param info of type F32, F16 (rounded to the nearest) or I64
   * @param source asked once for all of its elements
   */
  public record Entry(TensorInfo info, Source source) {}

  /**
   * Writes a new file.
   *
   * @param entries in the order of their data; names differ
   * @throws IOException if it cannot be written or exists
   */
  public static void write(Path file, List<Entry> entries) throws IOException {
    byte[] header = header(entries);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length);
      start.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header);
      writeAll(out, start.flip());
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(CHUNK * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[CHUNK];
      for (Entry entry : entries) {
        long left = entry.info.elements();
        while (left > 0) {
          int count = (int) Math.min(left, CHUNK);
          entry.source.next(values, count);
          encode(values, count, entry.info.dtype(), buffer.clear());
          writeAll(out, buffer.flip());
          left -= count;
        }
      }
    }
  }

  private static byte[] header(List<Entry> entries) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putObject("__metadata__").put("format", "pt");
    long at = 0;
    for (Entry entry : entries) {
      ObjectNode tensor = json.putObject(entry.info.name());
      tensor.put("dtype", entry.info.dtype().name());
      ArrayNode shape = tensor.putArray("shape");
      for (long size : entry.info.shape()) {
        shape.add(size);
      }
      long end = at + entry.info.bytes();
      tensor.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    String text = json.toString();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    int padding = (ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT;
    return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
  }

  private static void encode(float[] values, int count, DType dtype, ByteBuffer to) {
    for (int i = 0; i < count; i++) {
      switch (dtype) {
        case F32 -> to.putFloat(values[i]);
        case F16 -> to.putShort(StoredFloats.floatToHalf(values[i]));
        case I64 -> to.putLong((long) values[i]);
        default ->
            throw new IllegalArgumentException("dtype: " + dtype + " (expected: F32, F16 or I64)");
      }
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
