// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Entries of a zip archive of stored files, as {@code torch.save} writes it, and where their bytes
 * lie (PKWARE's APPNOTE.TXT, 4.3; zip64 included). Java's own reader does not tell places.
 *
 * <p>Compressed and encrypted entries are refused, so what an archive holds is never larger than
 * itself; so are entries that overlap, have the same name, or whose two headers disagree.
 * <i>Serialised by the caller.</i>
 */
final class ZipEntries {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int MAX_DIRECTORY_BYTES = 64 << 20;
  private static final int MAX_ENTRIES = 2 * SafetensorsHeader.MAX_TENSORS;
  private static final int ENCRYPTED = 0x2041;
  private static final int SIZES_BEHIND = 8;
  private static final int ZIP64_FIELD = 1;

  /** Names of folders and a file, joined by slashes: nothing that could lead anywhere else. */
  private static final Pattern NAME =
      Pattern.compile("(?!/)(?:(?!\\.{1,2}/)[^/\\\\:\\p{Cntrl}]++/)*+[^/\\\\:\\p{Cntrl}]*+");

  private final Path path;
  private final MappedFile file;
  private final List<Entry> entries = new ArrayList<>();
  private long directoryStart;
  private long directoryBytes;
  private long count;

  private ZipEntries(Path path, MappedFile file) {
    this.path = path;
    this.file = file;
  }

  /** One entry: its data are the bytes {@code start} to {@code end} of the file. */
  record Entry(String name, long header, long start, long end) {
    long bytes() {
      return end - start;
    }
  }

  /**
   * Reads the directory.
   *
   * @return entries by name
   * @throws InputException naming the file and the entry if anything is amiss
   */
  static Map<String, Entry> read(Path path, MappedFile file) {
    ZipEntries zip = new ZipEntries(path, file);
    zip.findDirectory();
    zip.readDirectory();
    zip.checkOverlap();
    Map<String, Entry> byName = new LinkedHashMap<>();
    for (Entry entry : zip.entries) {
      if (byName.put(entry.name, entry) != null) {
        throw zip.fault(entry.name, "a second entry of this name", "one");
      }
    }
    return byName;
  }

  private void findDirectory() {
    long size = file.size();
    int tailBytes = (int) Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
    ByteBuffer tail = bytes(size - tailBytes, tailBytes);
    int at = tailBytes - END_BYTES;
    while (at >= 0
        && (tail.getInt(at) != END
            || (tail.getShort(at + 20) & 0xffff) != tailBytes - at - END_BYTES)) {
      at--;
    }
    if (at < 0) {
      throw new InputException(
          path
              + ": a zip archive without its directory (expected: it at the end; is the file cut?)");
    }
    count = tail.getShort(at + 10) & 0xffff;
    directoryBytes = tail.getInt(at + 12) & 0xffffffffL;
    directoryStart = tail.getInt(at + 16) & 0xffffffffL;
    long end = size - tailBytes + at;
    long limit = end;
    if (end >= LOCATOR_BYTES) {
      ByteBuffer locator = bytes(end - LOCATOR_BYTES, LOCATOR_BYTES);
      if (locator.getInt(0) == LOCATOR) {
        limit = readEnd64(locator.getLong(8), end - LOCATOR_BYTES);
      }
    }
    if (directoryStart < 0
        || directoryBytes < 0
        || directoryBytes > MAX_DIRECTORY_BYTES
        || directoryStart > limit - directoryBytes) {
      String what = ": a zip directory of " + Long.toUnsignedString(directoryBytes) + " bytes at ";
      throw new InputException(
          path + what + Long.toUnsignedString(directoryStart) + " (expected: inside the file)");
    }
  }

  private long readEnd64(long at, long limit) {
    if (at < 0 || at > limit - END64_BYTES || bytes(at, 4).getInt(0) != END64) {
      throw new InputException(path + ": no zip64 directory end at " + at + " (expected: one)");
    }
    ByteBuffer end = bytes(at, END64_BYTES);
    count = end.getLong(32);
    directoryBytes = end.getLong(40);
    directoryStart = end.getLong(48);
    return at;
  }

  private void readDirectory() {
    if (count > MAX_ENTRIES) {
      String what = ": a zip directory of " + count + " entries";
      throw new InputException(path + what + " (expected: <= " + MAX_ENTRIES + ")");
    }
    ByteBuffer in = bytes(directoryStart, (int) directoryBytes);
    while (in.remaining() >= CENTRAL_BYTES && in.getInt(in.position()) == CENTRAL) {
      int at = in.position();
      int nameBytes = in.getShort(at + 28) & 0xffff;
      int extraBytes = in.getShort(at + 30) & 0xffff;
      int all = CENTRAL_BYTES + nameBytes + extraBytes + (in.getShort(at + 32) & 0xffff);
      if (all > in.remaining()) {
        break;
      }
      String name = name(in.slice(at + CENTRAL_BYTES, nameBytes));
      ByteBuffer extra = in.slice(at + CENTRAL_BYTES + nameBytes, extraBytes);
      entries.add(entry(name, in.slice(at, CENTRAL_BYTES).order(ByteOrder.LITTLE_ENDIAN), extra));
      in.position(at + all);
    }
    if (in.hasRemaining() || entries.size() != count) {
      String what = ": a zip directory of " + entries.size() + " entries";
      throw new InputException(path + what + " (expected: " + count + ", and nothing else in it)");
    }
  }

  private String name(ByteBuffer bytes) {
    String name = StandardCharsets.UTF_8.decode(bytes).toString();
    if (name.isEmpty() || !NAME.matcher(name).matches()) {
      throw fault(name, "an entry's name", "folders and a file");
    }
    return name;
  }

  private Entry entry(String name, ByteBuffer central, ByteBuffer extra) {
    if ((central.getShort(8) & ENCRYPTED) != 0) {
      throw fault(name, "encrypted", "not encrypted");
    }
    if (central.getShort(10) != 0) {
      throw fault(name, "compressed", "stored, as torch.save writes it");
    }
    long[] told = {
      central.getInt(24) & 0xffffffffL, // size
      central.getInt(20) & 0xffffffffL, // compressed size
      central.getInt(42) & 0xffffffffL // local header
    };
    widen(name, told, extra.order(ByteOrder.LITTLE_ENDIAN));
    if (told[0] != told[1]) {
      throw fault(name, told[1] + " bytes stored of " + told[0], "all of them");
    }
    if (central.getShort(34) != 0) {
      throw fault(name, "on another disk", "in one file");
    }
    return located(name, told[2], told[0], central);
  }

  /** Takes the values of the zip64 field in place of those that are 0xffffffff. */
  private void widen(String name, long[] told, ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & 0xffff;
      int bytes = extra.getShort() & 0xffff;
      if (bytes > extra.remaining()) {
        throw fault(name, "an extra field of " + bytes + " bytes", extra.remaining() + " or less");
      }
      ByteBuffer field = extra.slice(extra.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
      extra.position(extra.position() + bytes);
      for (int i = 0; id == ZIP64_FIELD && i < told.length; i++) {
        if (told[i] == 0xffffffffL && field.remaining() >= 8) {
          told[i] = field.getLong();
        }
      }
    }
  }

  private Entry located(String name, long header, long bytes, ByteBuffer central) {
    if (header < 0 || header > directoryStart - LOCAL_BYTES) {
      throw fault(name, "begins at " + Long.toUnsignedString(header), "before the directory");
    }
    ByteBuffer local = bytes(header, LOCAL_BYTES);
    if (local.getInt(0) != LOCAL) {
      throw fault(name, "no header at " + header, "one");
    }
    int nameBytes = local.getShort(26) & 0xffff;
    long start = header + LOCAL_BYTES + nameBytes + (local.getShort(28) & 0xffff);
    if (bytes < 0 || start > directoryStart || bytes > directoryStart - start) {
      throw fault(name, Long.toUnsignedString(bytes) + " bytes at " + start, "inside the file");
    }
    byte[] localName = file.read(header + LOCAL_BYTES, nameBytes);
    long size = local.getInt(22) & 0xffffffffL;
    boolean sized = (local.getShort(6) & SIZES_BEHIND) == 0 && size != 0xffffffffL;
    if (local.getShort(8) != 0
        || (local.getShort(6) & ENCRYPTED) != 0
        || !new String(localName, StandardCharsets.UTF_8).equals(name)
        || (sized && (size != bytes || local.getInt(18) != local.getInt(22)))
        || (local.getShort(6) & SIZES_BEHIND) != (central.getShort(8) & SIZES_BEHIND)) {
      throw fault(name, "its two headers disagree", "the same in both");
    }
    return new Entry(name, header, start, start + bytes);
  }

  private void checkOverlap() {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::header));
    long end = 0;
    for (Entry entry : sorted) {
      if (entry.header < end) {
        throw fault(entry.name, "overlaps other data, begins at " + entry.header, "at " + end);
      }
      end = entry.end;
    }
  }

  private ByteBuffer bytes(long offset, int length) {
    return ByteBuffer.wrap(file.read(offset, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private InputException fault(String name, String what, String expected) {
    return new InputException(
        path + ": " + Quoted.plain(name) + ": " + what + " (expected: " + expected + ")");
  }
}
