// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.torch;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript source as an archive that {@code torch::jit::load} reads.
 *
 * <p>The archive is a zip of stored entries: the class text, and a pickle (protocol 2) of one
 * object whose attributes are numbers, flags, strings, and empty lists and dictionaries, which the
 * script fills when weights are handed over. It never holds weights. Layout: pytorch,
 * torch/csrc/jit/docs/serialization.md. <i>Serialised by the caller.</i>
 */
final class ScriptArchive {
  private static final String ROOT = "m/";

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private ScriptArchive() {}

  /**
   * Writes an archive.
   *
   * @param file where to; replaced if it exists
   * @param className simple name of the class in {@code source} that becomes the module
   * @param source TorchScript text of {@code code/__torch__.py}
   * @param attributes value of every attribute the class declares, in order of declaration: Long,
   *     Double, Boolean, String, empty List, empty Map, or a List of those
   * @throws IOException if the file cannot be written
   * @throws IllegalArgumentException if an attribute is of another type
   */
  static void write(Path file, String className, String source, Map<String, ?> attributes)
      throws IOException {
    ScriptArchive archive = new ScriptArchive();
    archive.object(className, attributes);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      entry(zip, "data.pkl", archive.pickle.toByteArray());
      entry(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      entry(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      entry(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
      entry(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(ROOT + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private void object(String className, Map<String, ?> attributes) {
    op(0x80); // PROTO 2
    op(2);
    op('c'); // GLOBAL
    raw("__torch__\n" + className + "\n");
    op(')'); // EMPTY_TUPLE
    op(0x81); // NEWOBJ
    op('}'); // EMPTY_DICT
    op('('); // MARK
    attributes.forEach(
        (name, value) -> {
          string(name);
          value(value);
        });
    op('u'); // SETITEMS
    op('b'); // BUILD
    op('.'); // STOP
  }

  private void value(Object value) {
    if (value instanceof Boolean flag) {
      op(flag ? 0x88 : 0x89);
    } else if (value instanceof Long number) {
      op(0x8a); // LONG1
      op(8);
      for (int i = 0; i < 8; i++) {
        op((int) (number >>> (8 * i)));
      }
    } else if (value instanceof Double number) {
      op('G'); // BINFLOAT, big-endian
      long bits = Double.doubleToLongBits(number);
      for (int i = 7; i >= 0; i--) {
        op((int) (bits >>> (8 * i)));
      }
    } else if (value instanceof String text) {
      string(text);
    } else if (value instanceof List<?> list) {
      op(']'); // EMPTY_LIST
      op('(');
      list.forEach(this::value);
      op('e'); // APPENDS
    } else if (value instanceof Map<?, ?> map && map.isEmpty()) {
      op('}');
    } else {
      throw new IllegalArgumentException(
          "attribute: "
              + value
              + " (expected: Long, Double, Boolean, String, List or an empty Map)");
    }
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X'); // BINUNICODE
    for (int i = 0; i < 4; i++) {
      op(bytes.length >>> (8 * i));
    }
    pickle.writeBytes(bytes);
  }

  private void raw(String text) {
    pickle.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void op(int code) {
    pickle.write(code);
  }
}
