// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;

/** Writes small checkpoint files for tests. <i>Immutable.</i> */
public final class CheckpointFiles {
  private CheckpointFiles() {}

  /** A safetensors file of a header as it is given and {@code data} behind it. */
  public static byte[] safetensors(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  /** A valid safetensors file of F32 vectors. */
  public static byte[] safetensors(Map<String, float[]> vectors) {
    StringJoiner header = new StringJoiner(",", "{", "}");
    int end = 0;
    for (Map.Entry<String, float[]> vector : vectors.entrySet()) {
      int start = end;
      end += vector.getValue().length * 4;
      header.add(tensor(vector.getKey(), "F32", "[" + vector.getValue().length + "]", start, end));
    }
    ByteBuffer data = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] vector : vectors.values()) {
      for (float value : vector) {
        data.putFloat(value);
      }
    }
    return safetensors(header.toString(), data.array());
  }

  /** One entry of a safetensors header. */
  public static String tensor(String name, String dtype, String shape, long start, long end) {
    return String.format(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        name, dtype, shape, start, end);
  }

  /** A version 1.0 npy file of a header as it is given and {@code data} behind it. */
  public static byte[] npy(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(10 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .put(data)
        .array();
  }

  /** A valid npy file of F32 zeros, (rows, columns). */
  public static byte[] npyMatrix(int rows, int columns) {
    return npy(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }\n",
        new byte[rows * columns * 4]);
  }

  /** Writes a file and its folders. */
  public static Path write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of text. */
  public static Path write(Path file, String content) {
    return write(file, content.getBytes(StandardCharsets.UTF_8));
  }
}
