// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header of a {@code .npy} file: a Python dictionary of exactly three keys, matched as text and
 * never evaluated. <i>Immutable.</i>
 *
 * @param dtype type of the elements
 * @param order of an element's bytes
 * @param shape dimensions, each at least 0
 * @param fortranOrder whether the first index varies fastest, else the last
 * @param dataStart where the elements begin in the file, in bytes
 */
@SuppressWarnings("ArrayRecordComponent")
record NpyHeader(DType dtype, ByteOrder order, long[] shape, boolean fortranOrder, long dataStart) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER_BYTES = 1 << 16;
  static final int MAX_RANK = 32;
  private static final Map<String, DType> DTYPES =
      Map.of("f2", DType.F16, "f4", DType.F32, "f8", DType.F64, "i4", DType.I32, "i8", DType.I64);

  // Possessive quantifiers: matching is linear in the header's length.
  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*+'(descr|fortran_order|shape)'\\s*+:\\s*+"
              + "(?:'([^']*+)'|(True|False)|\\(([0-9, ]*+)\\))\\s*+(,?+)\\s*+");

  static NpyHeader read(Path path, MappedFile file) {
    if (file.size() < 10 || !Arrays.equals(file.read(0, MAGIC.length), MAGIC)) {
      throw new InputException(path + ": not a NumPy array (expected: a .npy file)");
    }
    byte[] version = file.read(MAGIC.length, 2);
    int lengthBytes = version[0] == 1 ? 2 : 4;
    if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
      throw new InputException(
          path + ": version " + version[0] + "." + version[1] + " (expected: 1.0, 2.0 or 3.0)");
    }
    int textStart = MAGIC.length + 2 + lengthBytes;
    long length = file.size() < textStart ? Long.MAX_VALUE : length(file, lengthBytes);
    if (length > MAX_HEADER_BYTES || length > file.size() - textStart) {
      throw new InputException(
          path + ": the header does not fit (expected: within the file and below 64 KiB)");
    }
    String text =
        new String(file.read(textStart, (int) length), StandardCharsets.ISO_8859_1).trim();
    return parse(path, text, textStart + length);
  }

  private static long length(MappedFile file, int lengthBytes) {
    ByteBuffer bytes =
        ByteBuffer.wrap(file.read(MAGIC.length + 2, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    return lengthBytes == 2 ? bytes.getShort() & 0xffff : bytes.getInt() & 0xffffffffL;
  }

  private static NpyHeader parse(Path path, String text, long dataStart) {
    String descr = null;
    String order = null;
    String shape = null;
    boolean more = text.length() > 2 && text.charAt(0) == '{' && text.endsWith("}");
    Matcher entry = ENTRY.matcher(text);
    int end = text.length() - 1;
    int at = 1;
    while (more && at < end) {
      entry.region(at, end);
      if (!entry.lookingAt() || (entry.end() < end && entry.group(5).isEmpty())) {
        throw malformed(path, text);
      }
      at = entry.end();
      switch (entry.group(1)) {
        case "descr" -> descr = once(path, text, descr, entry.group(2));
        case "fortran_order" -> order = once(path, text, order, entry.group(3));
        default -> shape = once(path, text, shape, entry.group(4));
      }
    }
    if (descr == null || order == null || shape == null) {
      throw malformed(path, text);
    }
    ByteOrder byteOrder = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    long[] dimensions = dimensions(path, shape);
    boolean fortran = order.equals("True");
    return new NpyHeader(dtype(path, descr), byteOrder, dimensions, fortran, dataStart);
  }

  /**
   * The type of elements that a text such as {@code <f4} describes.
   *
   * @throws InputException if it is another
   */
  static DType dtype(Path path, String descr) {
    boolean ordered = descr.startsWith("<") || descr.startsWith(">");
    DType dtype = ordered ? DTYPES.get(descr.substring(1)) : null;
    if (dtype == null) {
      throw new InputException(
          path + ": descr: " + Quoted.of(descr) + " (expected: f2, f4, f8, i4 or i8 after < or >)");
    }
    return dtype;
  }

  private static String once(
      Path path, String text, @Nullable String previous, @Nullable String value) {
    if (previous != null || value == null) {
      throw malformed(path, text);
    }
    return value;
  }

  private static InputException malformed(Path path, String text) {
    return new InputException(
        path
            + ": header "
            + Quoted.of(text)
            + " (expected: {'descr': .., 'fortran_order': ..,"
            + " 'shape': (..)} of a plain array)");
  }

  private static long[] dimensions(Path path, String text) {
    String list = text.strip();
    String[] parts = list.isEmpty() ? new String[0] : list.split(",", MAX_RANK + 2);
    // A trailing comma, as in (500,), leaves an empty last part.
    int rank =
        parts.length > 1 && parts[parts.length - 1].isBlank() ? parts.length - 1 : parts.length;
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      String size = parts[i].strip();
      if (rank > MAX_RANK || !size.matches("[0-9]{1,18}")) {
        String expected = " (expected: up to " + MAX_RANK + " integers)";
        throw new InputException(path + ": shape: (" + Quoted.plain(text) + ")" + expected);
      }
      shape[i] = Long.parseLong(size);
    }
    return shape;
  }
}
