// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.MappedRanges.Range;
import dev.continuo.model.checkpoint.TorchTypes.Storage;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code torch.save} wrote before 1.6: five pickles (a magic number, a version, the writer's
 * machine, the value, the keys of the storages), then each storage with its length in front
 * (torch/serialization.py, {@code _legacy_save}). <i>Immutable.</i>
 */
final class TorchLegacy {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;
  private static final int MAX_PICKLE_BYTES = 64 << 20;
  private static final int LENGTH_BYTES = 8;

  private TorchLegacy() {}

  /** Reads the pickles and finds the storages. */
  static TorchFile read(Path path, MappedFile file) {
    int mapped = (int) Math.min(file.size(), MAX_PICKLE_BYTES);
    PickleInput in = new PickleInput(path.toString(), file.map(0, mapped));
    PlainTypes plain = new PlainTypes();
    if (!MAGIC.equals(Unpickler.load(in, plain))) {
      throw new InputException(
          path + ": a pickle that torch.save did not write (expected: a file of torch.save)");
    }
    Object protocol = Unpickler.load(in, plain);
    if (!protocol.equals(PROTOCOL)) {
      throw in.fault("the protocol of another torch", Long.toString(PROTOCOL));
    }
    Object machine = Unpickler.load(in, plain);
    if (machine instanceof Pickled.Dict about
        && Boolean.FALSE.equals(about.items.get("little_endian"))) {
      throw in.fault("little_endian: False", "True");
    }
    Object value = Unpickler.load(in, new TorchTypes());
    TorchTensors tensors = new TorchTensors(path, value);
    List<Object> keys = PlainTypes.items(Unpickler.load(in, plain));
    if (keys == null) {
      throw in.fault("no list of storages", "a list of keys");
    }
    List<Range> ranges = ranges(path, file, in.position(), keys, tensors);
    return new TorchFile(tensors, new PickledValues(value), new MappedRanges(file, ranges));
  }

  private static List<Range> ranges(
      Path path, MappedFile file, long dataStart, List<Object> keys, TorchTensors tensors) {
    Map<String, Storage> storages = new HashMap<>();
    tensors.storages().forEach(storage -> storages.put(storage.key(), storage));
    List<Range> ranges = new ArrayList<>();
    long at = dataStart;
    for (Object key : keys) {
      Storage storage = key instanceof String ? storages.remove(key) : null;
      if (storage == null) {
        String shown = key instanceof String text ? Quoted.plain(text) : "without a name";
        throw new InputException(
            path + ": storage " + shown + ": of no tensor, or twice (expected: one of a tensor)");
      }
      at = next(path, file, storage, at, ranges);
    }
    if (!storages.isEmpty()) {
      String key = Quoted.plain(storages.keySet().iterator().next());
      throw new InputException(path + ": storage " + key + ": missing (expected: its data)");
    }
    if (at != file.size()) {
      throw new InputException(
          path
              + ": "
              + (file.size() - at)
              + " bytes behind the last storage (expected: the end of the file)");
    }
    return ranges;
  }

  private static long next(
      Path path, MappedFile file, Storage storage, long at, List<Range> ranges) {
    long bytes = storage.elements() * storage.dtype().bytes();
    long start = at + LENGTH_BYTES;
    if (start > file.size() || bytes > file.size() - start) {
      throw new InputException(
          path
              + ": storage "
              + Quoted.plain(storage.key())
              + ": cut (expected: "
              + bytes
              + " bytes of "
              + storage.dtype()
              + " at "
              + start
              + ")");
    }
    long told =
        ByteBuffer.wrap(file.read(at, LENGTH_BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (told != storage.elements()) {
      throw new InputException(
          path
              + ": storage "
              + Quoted.plain(storage.key())
              + ": "
              + told
              + " elements (expected: "
              + storage.elements()
              + ")");
    }
    ranges.add(new Range(storage.key(), start, start + bytes));
    return start + bytes;
  }
}
