// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stack, the marks and the memo of a pickle machine; bounded, and what a damaged pickle asks of
 * them is a fault of its input.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class PickleStack {
  /** Deepest stack: Python's own pickler puts at most 1000 items of a container there at once. */
  static final int MAX_STACK = 1 << 16;

  /** Most remembered values: a tensor takes up to ten. */
  static final int MAX_MEMO = 1 << 20;

  private final PickleInput in;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** An empty one; faults are told by {@code in}. */
  PickleStack(PickleInput in) {
    this.in = in;
  }

  /** The only value there is, at the end. */
  Object last() {
    if (stack.size() != 1 || !marks.isEmpty()) {
      throw in.fault("ends with " + stack.size() + " values", "one");
    }
    return stack.get(0);
  }

  void push(Object value) {
    if (stack.size() >= MAX_STACK) {
      throw in.fault("a stack of more than " + MAX_STACK + " values", "fewer");
    }
    stack.add(value);
  }

  /** Marks the place above the topmost value; none below it can be taken until the mark is. */
  void mark() {
    if (marks.size() >= MAX_STACK) {
      throw in.fault("more than " + MAX_STACK + " marks", "fewer");
    }
    marks.add(stack.size());
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  /** The topmost value. */
  Object top() {
    if (stack.size() <= floor()) {
      throw in.fault("an empty stack", "a value");
    }
    return stack.get(stack.size() - 1);
  }

  /** Takes the topmost values, in the order they were pushed; a copy. */
  List<Object> pop(int count) {
    if (stack.size() - floor() < count) {
      throw in.fault("an empty stack", count + " values");
    }
    return cut(stack.size() - count);
  }

  /** Takes the last mark and all values above it, in the order they were pushed; a copy. */
  List<Object> popMark() {
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

  /** Takes the topmost value away, or a mark that is above all values. */
  void discard() {
    if (!marks.isEmpty() && stack.size() == floor()) {
      marks.remove(marks.size() - 1);
    } else {
      pop(1);
    }
  }

  /** Remembers the topmost value under the next number. */
  void rememberNext() {
    remember(memo.size());
  }

  /** Remembers the topmost value. */
  void remember(int index) {
    if (memo.size() >= MAX_MEMO) {
      throw in.fault("a memo of more than " + MAX_MEMO + " values", "fewer");
    }
    memo.put(index, top());
  }

  /** A remembered value. */
  Object recall(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw in.fault("memo " + index + " is empty", "a value");
    }
    return value;
  }
}
