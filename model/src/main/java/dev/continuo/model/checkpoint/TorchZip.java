// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.MappedRanges.Range;
import dev.continuo.model.checkpoint.TorchTypes.Storage;
import dev.continuo.model.checkpoint.ZipEntries.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code torch.save} has written since 1.6: a zip archive of {@code NAME/data.pkl} and a file
 * {@code NAME/data/KEY} for each storage. <i>Immutable.</i>
 */
final class TorchZip {
  private static final String PICKLE = "data.pkl";
  private static final int MAX_PICKLE_BYTES = 64 << 20;

  private TorchZip() {}

  /** Reads the pickle and finds the storages. */
  static TorchFile read(Path path, MappedFile file) {
    Map<String, Entry> entries = ZipEntries.read(path, file);
    String root = root(path, entries.values());
    if (entries.containsKey(root + "constants.pkl")) {
      throw new InputException(
          path + ": a TorchScript archive (expected: tensors as torch.save writes them)");
    }
    checkByteOrder(path, file, entries.get(root + "byteorder"));
    ByteBuffer pickle = pickle(path, file, entries, root + PICKLE);
    PickleInput in = new PickleInput(path + ": " + Quoted.plain(root + PICKLE), pickle);
    Object value = Unpickler.load(in, new TorchTypes());
    if (in.remaining() > 0) {
      throw in.fault(in.remaining() + " bytes behind the end", "none");
    }
    TorchTensors tensors = new TorchTensors(path, value);
    List<Range> ranges = new ArrayList<>();
    for (Storage storage : tensors.storages()) {
      ranges.add(range(path, storage, entries.get(root + "data/" + storage.key())));
    }
    return new TorchFile(tensors, new PickledValues(value), new MappedRanges(file, ranges));
  }

  private static String root(Path path, Collection<Entry> entries) {
    List<String> roots =
        entries.stream()
            .map(Entry::name)
            .filter(name -> name.endsWith("/" + PICKLE))
            .map(name -> name.substring(0, name.length() - PICKLE.length()))
            .filter(root -> root.indexOf('/') == root.length() - 1)
            .toList();
    if (roots.size() != 1) {
      throw new InputException(
          path
              + ": a zip archive with "
              + roots.size()
              + " entries NAME/data.pkl (expected: one, as torch.save writes it)");
    }
    return roots.get(0);
  }

  private static void checkByteOrder(Path path, MappedFile file, @Nullable Entry entry) {
    if (entry != null) {
      byte[] text = file.read(entry.start(), (int) Math.min(16, entry.bytes()));
      String order = new String(text, StandardCharsets.ISO_8859_1);
      if (!order.equals("little")) {
        throw new InputException(
            path + ": byteorder: " + Quoted.of(order) + " (expected: \"little\")");
      }
    }
  }

  private static ByteBuffer pickle(
      Path path, MappedFile file, Map<String, Entry> entries, String name) {
    Entry entry = entries.get(name);
    if (entry == null || entry.bytes() > MAX_PICKLE_BYTES) {
      throw new InputException(
          path + ": " + Quoted.plain(name) + ": too long (expected: <= " + MAX_PICKLE_BYTES + ")");
    }
    return ByteBuffer.wrap(file.read(entry.start(), (int) entry.bytes()));
  }

  private static Range range(Path path, Storage storage, @Nullable Entry entry) {
    long bytes = storage.elements() * storage.dtype().bytes();
    if (entry == null || entry.bytes() != bytes) {
      String found = entry == null ? "missing" : entry.bytes() + " bytes";
      throw new InputException(
          path
              + ": storage "
              + Quoted.plain(storage.key())
              + ": "
              + found
              + " (expected: "
              + bytes
              + " bytes of "
              + storage.dtype()
              + ")");
    }
    return new Range(storage.key(), entry.start(), entry.end());
  }
}
