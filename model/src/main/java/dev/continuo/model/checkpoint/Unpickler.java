// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.checkpoint.Pickled.Bytes;
import dev.continuo.model.checkpoint.Pickled.Dict;
import dev.continuo.model.checkpoint.Pickled.Global;
import dev.continuo.model.checkpoint.Pickled.Instance;
import dev.continuo.model.checkpoint.Pickled.Items;
import dev.continuo.model.checkpoint.Pickled.None;
import dev.continuo.model.checkpoint.Pickled.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Python's pickle machine, protocols 0 to 5 (CPython, Lib/pickletools.py), restricted: it builds
 * plain values and what its {@link PickleTypes} know, and refuses any other global by name. Work
 * and memory are bounded by the number of opcodes; containers are never walked here, so that no
 * nesting or cycle costs anything. Decision 008 says why it is as it is.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Unpickler {
  /** Most opcodes: a tensor takes about 40, so this is for 100,000 of them. */
  static final int MAX_OPCODES = 4 << 20;

  private static final int MAX_PROTOCOL = 5;

  private final PickleInput in;
  private final PickleTypes types;
  private final PickleStack stack;

  private Unpickler(PickleInput in, PickleTypes types) {
    this.in = in;
    this.types = types;
    this.stack = new PickleStack(in);
  }

  /**
   * Reads one pickle; the input then stands behind its last byte.
   *
   * @return its value, see {@link Pickled}
   * @throws dev.continuo.model.InputException telling the place and what is there if it is damaged,
   *     too large or names anything that {@code types} does not know
   */
  static Object load(PickleInput in, PickleTypes types) {
    return new Unpickler(in, types).run();
  }

  private Object run() {
    for (int count = 0; ; count++) {
      int opcode = in.opcode();
      if (count == MAX_OPCODES) {
        throw in.fault("more than " + MAX_OPCODES + " opcodes", "a smaller pickle");
      }
      if (opcode == '.') {
        return stack.last();
      }
      if (!scalar(opcode) && !container(opcode) && !object(opcode)) {
        throw in.fault(
            String.format("opcode 0x%02x", opcode), "one of a pickle without extensions");
      }
    }
  }

  /** Opcodes that push a value of their own bytes. */
  private boolean scalar(int opcode) {
    switch (opcode) {
      case 'N' -> stack.push(None.NONE);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 'J' -> stack.push((long) in.signed4());
      case 'K' -> stack.push((long) in.unsigned1());
      case 'M' -> stack.push((long) in.unsigned2());
      case 0x8a -> stack.push(in.integer(in.unsigned1()));
      case 0x8b -> stack.push(in.integer(in.length4()));
      case 'I' -> pushInt(in.line());
      case 'L' -> stack.push(in.decimal(in.line()));
      case 'F' -> stack.push(PickleText.number(in.line(), in));
      case 'G' -> stack.push(in.float8());
      case 'X' -> stack.push(in.text(in.length4()));
      case 0x8c -> stack.push(in.text(in.unsigned1()));
      case 0x8d -> stack.push(in.text(in.length8()));
      case 'V' -> stack.push(PickleText.unescaped(in.line(), in));
      case 'S' -> stack.push(PickleText.quoted(in.line(), in));
      case 'T' -> stack.push(in.latin1(in.length4()));
      case 'U' -> stack.push(in.latin1(in.unsigned1()));
      case 'B' -> stack.push(new Bytes(in.bytes(in.length4())));
      case 'C' -> stack.push(new Bytes(in.bytes(in.unsigned1())));
      case 0x8e, 0x96 -> stack.push(new Bytes(in.bytes(in.length8())));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes of containers, of the stack and of the memo. */
  private boolean container(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(in.unsigned1());
      case 0x95 -> frame(in.length8());
      case '(' -> stack.mark();
      case ']', 0x8f -> stack.push(new Items());
      case '}' -> stack.push(new Dict());
      case ')' -> stack.push(new Tuple(List.of()));
      case 'l', 0x91 -> pushItems(stack.popMark());
      case 'd' -> pushDict(stack.popMark());
      case 't' -> stack.push(new Tuple(stack.popMark()));
      case 0x85 -> stack.push(new Tuple(stack.pop(1)));
      case 0x86 -> stack.push(new Tuple(stack.pop(2)));
      case 0x87 -> stack.push(new Tuple(stack.pop(3)));
      case 'a' -> append(stack.pop(1));
      case 'e', 0x90 -> append(stack.popMark());
      case 's' -> set(stack.pop(2));
      case 'u' -> set(stack.popMark());
      case '0' -> stack.discard();
      case '1' -> stack.popMark();
      case '2' -> stack.push(stack.top());
      case 'p' -> stack.remember(index(in.line()));
      case 'q' -> stack.remember(in.unsigned1());
      case 'r' -> stack.remember(in.length4());
      case 0x94 -> stack.rememberNext();
      case 'g' -> stack.push(stack.recall(index(in.line())));
      case 'h' -> stack.push(stack.recall(in.unsigned1()));
      case 'j' -> stack.push(stack.recall(in.length4()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes that name, make or complete objects. */
  private boolean object(int opcode) {
    switch (opcode) {
      case 'c' -> stack.push(global(in.line(), in.line()));
      case 0x93 -> {
        List<Object> names = stack.pop(2);
        stack.push(global(text(names.get(0)), text(names.get(1))));
      }
      case 'i' -> {
        Global type = global(in.line(), in.line());
        stack.push(create(type, stack.popMark()));
      }
      case 'o' -> {
        List<Object> all = stack.popMark();
        if (all.isEmpty()) {
          throw in.fault("an object without a class", "a class");
        }
        stack.push(create(all.get(0), new ArrayList<>(all.subList(1, all.size()))));
      }
      case 'R', 0x81 -> {
        List<Object> call = stack.pop(2);
        stack.push(create(call.get(0), arguments(call.get(1))));
      }
      case 0x92 -> {
        List<Object> call = stack.pop(3);
        if (!(call.get(2) instanceof Dict keywords) || !keywords.items.isEmpty()) {
          throw in.fault("keyword arguments", "none");
        }
        stack.push(create(call.get(0), arguments(call.get(1))));
      }
      case 'b' -> build();
      case 'Q' -> stack.push(types.persistent(stack.pop(1).get(0), in));
      case 'P' -> throw in.fault("a persistent id of text", "none");
      case 0x82, 0x83, 0x84 -> throw in.fault("an extension code", "a global by its name");
      case 0x97, 0x98 -> throw in.fault("a buffer outside the pickle", "all data inside");
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol(int version) {
    if (version > MAX_PROTOCOL) {
      throw in.fault("pickle protocol " + version, "0 to " + MAX_PROTOCOL);
    }
  }

  private void frame(int bytes) {
    if (bytes > in.remaining()) {
      throw in.fault("a frame of " + bytes + " bytes", in.remaining() + "; is the file cut?");
    }
  }

  private Global global(String module, String name) {
    PickleType type = types.find(module, name);
    String full = Quoted.plain(module + "." + name);
    if (type == null) {
      throw in.fault(
          "names " + full + ", which is never loaded", "only the types of tensors and plain data");
    }
    return new Global(full, type);
  }

  private Object create(Object callee, List<Object> arguments) {
    if (!(callee instanceof Global global)) {
      throw in.fault("a call of what is no class", "a known class or function");
    }
    return global.type().create(global, arguments, in);
  }

  private void build() {
    List<Object> pair = stack.pop(2);
    Object value = pair.get(0);
    if (value instanceof Instance instance) {
      stack.push(instance.type.type().build(instance, pair.get(1), in));
    } else if (value instanceof Dict && pair.get(1) instanceof Dict) {
      stack.push(value); // attributes of an OrderedDict, such as a state_dict's _metadata
    } else {
      throw in.fault("a state for what takes none", "an object");
    }
  }

  private List<Object> arguments(Object tuple) {
    if (!(tuple instanceof Tuple arguments)) {
      throw in.fault("arguments that are no tuple", "a tuple");
    }
    return arguments.items;
  }

  private void append(List<Object> values) {
    if (!(stack.top() instanceof Items list)) {
      throw in.fault("an item of what is no list", "a list");
    }
    list.items.addAll(values);
  }

  private void set(List<Object> pairs) {
    if (!(stack.top() instanceof Dict dict)) {
      throw in.fault("an entry of what is no dictionary", "a dictionary");
    }
    set(dict, pairs);
  }

  private void set(Dict dict, List<Object> pairs) {
    if (pairs.size() % 2 != 0) {
      throw in.fault("a key without a value", "pairs");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      if (dict.items.put(pairs.get(i), pairs.get(i + 1)) != null) {
        throw in.fault("a second entry of key " + shown(pairs.get(i)), "one");
      }
    }
  }

  private static String shown(Object key) {
    return key instanceof String text
        ? Quoted.of(text)
        : key instanceof Long number ? number.toString() : "of no text";
  }

  private void pushItems(List<Object> values) {
    Items list = new Items();
    list.items.addAll(values);
    stack.push(list);
  }

  private void pushDict(List<Object> pairs) {
    Dict dict = new Dict();
    set(dict, pairs);
    stack.push(dict);
  }

  private int index(String digits) {
    if (!(in.decimal(digits) instanceof Long index) || index < 0 || index > Integer.MAX_VALUE) {
      throw in.fault("memo " + Quoted.plain(digits), "an index below 2^31");
    }
    return index.intValue();
  }

  private void pushInt(String text) {
    stack.push(text.equals("01") ? (Object) true : text.equals("00") ? false : in.decimal(text));
  }

  private String text(Object value) {
    if (!(value instanceof String text)) {
      throw in.fault("a global whose name is no text", "text");
    }
    return text;
  }
}
