// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.checkpoint.Pickled.Bytes;
import dev.continuo.model.checkpoint.Pickled.Dict;
import dev.continuo.model.checkpoint.Pickled.Global;
import dev.continuo.model.checkpoint.Pickled.Instance;
import dev.continuo.model.checkpoint.Pickled.Items;
import dev.continuo.model.checkpoint.Pickled.Tuple;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Globals of plain Python data, in any kind of pickle. Instances of classes are {@link
 * Pickled.Instance inert}: they hold what they were made from and nothing of them is run.
 * <i>Immutable.</i>
 */
final class PlainTypes implements PickleTypes {
  /** A class whose instances are kept as they are, and never looked into by the machine. */
  static final PickleType INERT = (self, arguments, in) -> new Instance(self, arguments);

  private static final PickleType DICT = PlainTypes::dict;
  private static final PickleType LIST = PlainTypes::list;

  private static final Map<String, PickleType> TYPES =
      Map.ofEntries(
          Map.entry("collections.OrderedDict", DICT),
          Map.entry("collections.defaultdict", PlainTypes::defaultDict),
          Map.entry("builtins.dict", DICT),
          Map.entry("builtins.list", LIST),
          Map.entry("builtins.set", LIST),
          Map.entry("builtins.tuple", INERT),
          Map.entry("builtins.object", INERT),
          Map.entry("builtins.int", INERT),
          Map.entry("builtins.float", INERT),
          Map.entry("builtins.bool", INERT),
          Map.entry("builtins.str", INERT),
          Map.entry("builtins.bytes", INERT),
          Map.entry("_codecs.encode", PlainTypes::encode),
          Map.entry("copyreg._reconstructor", PlainTypes::reconstruct));

  /** Python 2's names of modules that Python 3 renamed. */
  private static final Map<String, String> RENAMED =
      Map.of("__builtin__", "builtins", "copy_reg", "copyreg");

  @Override
  public @Nullable PickleType find(String module, String name) {
    return TYPES.get(RENAMED.getOrDefault(module, module) + "." + name);
  }

  private static Object dict(Global self, List<Object> arguments, PickleInput in) {
    Dict dict = new Dict();
    for (Object pair : arguments.isEmpty() ? List.of() : iterable(self, arguments, in)) {
      List<Object> items = items(pair);
      if (items == null || items.size() != 2) {
        throw in.fault("an entry of " + self.name() + " that is no pair", "keys and values");
      }
      if (dict.items.put(items.get(0), items.get(1)) != null) {
        throw in.fault("a second entry of one key in " + self.name(), "one");
      }
    }
    return dict;
  }

  private static Object defaultDict(Global self, List<Object> arguments, PickleInput in) {
    if (arguments.size() > 1) {
      throw in.fault(arguments.size() + " arguments of " + self.name(), "its factory");
    }
    return new Dict();
  }

  private static Object list(Global self, List<Object> arguments, PickleInput in) {
    Items list = new Items();
    if (!arguments.isEmpty()) {
      list.items.addAll(iterable(self, arguments, in));
    }
    return list;
  }

  /** Bytes as protocols before 3 write them: text of a character each. */
  private static Object encode(Global self, List<Object> arguments, PickleInput in) {
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof String text)
        || !(arguments.get(1) instanceof String charset)
        || !charset.matches("latin-?1")) {
      throw in.fault("arguments of " + self.name(), "text and latin1");
    }
    in.charge(text.length());
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new Bytes(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** An object as protocols before 2 write it: its class, and object. */
  private static Object reconstruct(Global self, List<Object> arguments, PickleInput in) {
    if (arguments.isEmpty() || !(arguments.get(0) instanceof Global type)) {
      throw in.fault("arguments of " + self.name(), "a class");
    }
    return type.type().create(type, List.of(), in);
  }

  private static List<Object> iterable(Global self, List<Object> arguments, PickleInput in) {
    List<Object> items = arguments.size() == 1 ? items(arguments.get(0)) : null;
    if (items == null) {
      throw in.fault("arguments of " + self.name(), "none, or a list");
    }
    in.charge(items.size());
    return items;
  }

  /** The items of a tuple or list, else null. */
  static @Nullable List<Object> items(Object value) {
    return value instanceof Tuple tuple
        ? tuple.items
        : value instanceof Items list ? list.items : null;
  }
}
