// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes NumPy arrays of float32, version 1.0 of the format. <i>Immutable.</i> */
public final class NpyWriter {
  private static final int ALIGNMENT = 64;
  private static final int FIXED_BYTES = 10;

  private NpyWriter() {}

  /**
   * Writes a file.
   *
   * @param values in C order; borrowed
   * @param shape two dimensions or more
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, float[] values, long... shape) throws IOException {
    String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + sizes + "), }";
    int unpadded = FIXED_BYTES + text.length() + 1;
    String header = text + " ".repeat((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(FIXED_BYTES + header.length() + values.length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
            .putShort((short) header.length())
            .put(header.getBytes(StandardCharsets.ISO_8859_1));
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
