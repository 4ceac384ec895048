// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle's values become: Boolean, Long, BigInteger, Double, String, and the types here.
 * Those compare by identity, so that no pickle can make comparing or hashing them costly.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Pickled {
  private Pickled() {}

  /** Python's None. */
  enum None {
    /** The one value. */
    NONE;

    @Override
    public String toString() {
      return "None";
    }
  }

  /** Bytes: a view of the pickle, little-endian, at position 0. */
  static final class Bytes {
    final ByteBuffer bytes;

    Bytes(ByteBuffer bytes) {
      this.bytes = bytes;
    }
  }

  /** A tuple. */
  static final class Tuple {
    final List<Object> items;

    Tuple(List<Object> items) {
      this.items = items;
    }
  }

  /** A list, or a set. */
  static final class Items {
    final List<Object> items = new ArrayList<>();
  }

  /** A dictionary, of any kind. */
  static final class Dict {
    final Map<Object, Object> items = new LinkedHashMap<>(4);
  }

  /** A name of a class or function that the reader knows. */
  record Global(String name, PickleType type) {}

  /** An object of a class that is never run: what it was made from and the state it was given. */
  static final class Instance {
    final Global type;
    final List<Object> arguments;
    @Nullable Object state;

    Instance(Global type, List<Object> arguments) {
      this.type = type;
      this.arguments = arguments;
    }

    /** The attribute of this name, if the state is a dictionary that has it. */
    @Nullable Object attribute(String name) {
      return state instanceof Dict dict ? dict.items.get(name) : null;
    }
  }
}
