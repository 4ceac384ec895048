// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files as torch.save does, and as it does not. <i>Thread-safe: stateless.</i> */
final class TorchFiles {
  private TorchFiles() {}

  /** Pickle text of protocol 0; a character is a byte. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A tensor of a storage; shape and strides as in {@code I2\nI3\n}. */
  static String tensor(
      String key, String type, long elements, long at, String shape, String steps) {
    return "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\n%s\nS'%s'\nS'cpu'\nI%d\ntQI%d\n(%st(%stI00\nccollections\nOrderedDict\n)RtR"
        .formatted(type, key, elements, at, shape, steps);
  }

  /** A dictionary of one entry. */
  static String dict(String key, String value) {
    return "(dS'" + key + "'\n" + value + "s";
  }

  /** An archive of stored entries. */
  static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        ZipEntry stored = new ZipEntry(entry.getKey());
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(entry.getValue().length);
        stored.setCrc(crc.getValue());
        zip.putNextEntry(stored);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
