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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

  /** Deepest stack: Python's own pickler puts at most 1000 items of a container there at once. */
  static final int MAX_STACK = 1 << 16;

  /** Most remembered values: a tensor takes up to ten. */
  static final int MAX_MEMO = 1 << 20;

  private static final int MAX_PROTOCOL = 5;

  private final PickleInput in;
  private final PickleTypes types;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private Unpickler(PickleInput in, PickleTypes types) {
    this.in = in;
    this.types = types;
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
        if (stack.size() != 1 || !marks.isEmpty()) {
          throw in.fault("ends with " + stack.size() + " values", "one");
        }
        return stack.get(0);
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
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.signed4());
      case 'K' -> push((long) in.unsigned1());
      case 'M' -> push((long) in.unsigned2());
      case 0x8a -> push(in.integer(in.unsigned1()));
      case 0x8b -> push(in.integer(in.length4()));
      case 'I' -> pushInt(in.line());
      case 'L' -> push(in.decimal(in.line()));
      case 'F' -> push(number(in.line()));
      case 'G' -> push(in.float8());
      case 'X' -> push(in.text(in.length4()));
      case 0x8c -> push(in.text(in.unsigned1()));
      case 0x8d -> push(in.text(in.length8()));
      case 'V' -> push(unescaped(in.line()));
      case 'S' -> push(quoted(in.line()));
      case 'T' -> push(in.latin1(in.length4()));
      case 'U' -> push(in.latin1(in.unsigned1()));
      case 'B' -> push(new Bytes(in.bytes(in.length4())));
      case 'C' -> push(new Bytes(in.bytes(in.unsigned1())));
      case 0x8e, 0x96 -> push(new Bytes(in.bytes(in.length8())));
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
      case '(' -> mark();
      case ']', 0x8f -> push(new Items());
      case '}' -> push(new Dict());
      case ')' -> push(new Tuple(List.of()));
      case 'l', 0x91 -> pushItems(popMark());
      case 'd' -> pushDict(popMark());
      case 't' -> push(new Tuple(popMark()));
      case 0x85 -> push(new Tuple(pop(1)));
      case 0x86 -> push(new Tuple(pop(2)));
      case 0x87 -> push(new Tuple(pop(3)));
      case 'a' -> append(pop(1));
      case 'e', 0x90 -> append(popMark());
      case 's' -> set(pop(2));
      case 'u' -> set(popMark());
      case '0' -> discard();
      case '1' -> popMark();
      case '2' -> push(top());
      case 'p' -> remember(index(in.line()));
      case 'q' -> remember(in.unsigned1());
      case 'r' -> remember(in.length4());
      case 0x94 -> remember(memo.size());
      case 'g' -> push(recall(index(in.line())));
      case 'h' -> push(recall(in.unsigned1()));
      case 'j' -> push(recall(in.length4()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes that name, make or complete objects. */
  private boolean object(int opcode) {
    switch (opcode) {
      case 'c' -> push(global(in.line(), in.line()));
      case 0x93 -> {
        List<Object> names = pop(2);
        push(global(text(names.get(0)), text(names.get(1))));
      }
      case 'i' -> {
        Global type = global(in.line(), in.line());
        push(create(type, popMark()));
      }
      case 'o' -> {
        List<Object> all = popMark();
        if (all.isEmpty()) {
          throw in.fault("an object without a class", "a class");
        }
        push(create(all.get(0), new ArrayList<>(all.subList(1, all.size()))));
      }
      case 'R', 0x81 -> {
        List<Object> call = pop(2);
        push(create(call.get(0), arguments(call.get(1))));
      }
      case 0x92 -> {
        List<Object> call = pop(3);
        if (!(call.get(2) instanceof Dict keywords) || !keywords.items.isEmpty()) {
          throw in.fault("keyword arguments", "none");
        }
        push(create(call.get(0), arguments(call.get(1))));
      }
      case 'b' -> build();
      case 'Q' -> push(types.persistent(pop(1).get(0), in));
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
    List<Object> pair = pop(2);
    Object value = pair.get(0);
    if (value instanceof Instance instance) {
      push(instance.type.type().build(instance, pair.get(1), in));
    } else if (value instanceof Dict && pair.get(1) instanceof Dict) {
      push(value); // attributes of an OrderedDict, such as a state_dict's _metadata
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
    if (!(top() instanceof Items list)) {
      throw in.fault("an item of what is no list", "a list");
    }
    list.items.addAll(values);
  }

  private void set(List<Object> pairs) {
    if (!(top() instanceof Dict dict)) {
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
    push(list);
  }

  private void pushDict(List<Object> pairs) {
    Dict dict = new Dict();
    set(dict, pairs);
    push(dict);
  }

  private void push(Object value) {
    if (stack.size() >= MAX_STACK) {
      throw in.fault("a stack of more than " + MAX_STACK + " values", "fewer");
    }
    stack.add(value);
  }

  private void mark() {
    if (marks.size() >= MAX_STACK) {
      throw in.fault("more than " + MAX_STACK + " marks", "fewer");
    }
    marks.add(stack.size());
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private Object top() {
    if (stack.size() <= floor()) {
      throw in.fault("an empty stack", "a value");
    }
    return stack.get(stack.size() - 1);
  }

  /** Takes the topmost values, in the order they were pushed; a copy. */
  private List<Object> pop(int count) {
    if (stack.size() - floor() < count) {
      throw in.fault("an empty stack", count + " values");
    }
    return cut(stack.size() - count);
  }

  private List<Object> popMark() {
    if (marks.isEmpty()) {
      throw in.fault("no mark", "one");
    }
    return cut(marks.remove(marks.size() - 1));
  }

  private List<Object> cut(int from) {
    List<Object> above = stack.subList(from, stack.size());
    List<Object> values = new ArrayList<>(above);
    above.clear();
    return values;
  }

  private void discard() {
    if (!marks.isEmpty() && stack.size() == floor()) {
      marks.remove(marks.size() - 1);
    } else {
      pop(1);
    }
  }

  private void remember(int index) {
    if (memo.size() >= MAX_MEMO) {
      throw in.fault("a memo of more than " + MAX_MEMO + " values", "fewer");
    }
    memo.put(index, top());
  }

  private Object recall(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw in.fault("memo " + index + " is empty", "a value");
    }
    return value;
  }

  private int index(String digits) {
    if (!(in.decimal(digits) instanceof Long index) || index < 0 || index > Integer.MAX_VALUE) {
      throw in.fault("memo " + Quoted.plain(digits), "an index below 2^31");
    }
    return index.intValue();
  }

  private void pushInt(String text) {
    push(text.equals("01") ? (Object) true : text.equals("00") ? false : in.decimal(text));
  }

  private double number(String text) {
    try {
      return text.equals("nan") ? Double.NaN : Double.parseDouble(text.replace("inf", "Infinity"));
    } catch (NumberFormatException e) {
      throw in.fault("the number " + Quoted.of(text), "a float");
    }
  }

  private String text(Object value) {
    if (!(value instanceof String text)) {
      throw in.fault("a global whose name is no text", "text");
    }
    return text;
  }

  private String quoted(String text) {
    int last = text.length() - 1;
    boolean quoted =
        last > 0 && text.charAt(0) == text.charAt(last) && "'\"".indexOf(text.charAt(0)) >= 0;
    if (!quoted || text.indexOf('\\') >= 0) {
      throw in.fault("the string " + Quoted.of(text), "one in quotes, without escapes");
    }
    return text.substring(1, last);
  }

  /** Python's raw-unicode-escape: a backslash counts before u and U only. */
  private String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      char kind = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      if (digits == 0) {
        out.append(c);
        i++;
        continue;
      }
      int end = Math.min(text.length(), i + 2 + digits);
      String hex = text.substring(i + 2, end);
      if (!hex.matches("[0-9a-fA-F]{4}|00[0-9a-fA-F]{6}")
          || hex.length() != digits
          || !Character.isValidCodePoint(Integer.parseInt(hex, 16))) {
        throw in.fault("the escape \\" + kind + Quoted.plain(hex), "hex digits of a character");
      }
      out.appendCodePoint(Integer.parseInt(hex, 16));
      i = end;
    }
    return out.toString();
  }
}
