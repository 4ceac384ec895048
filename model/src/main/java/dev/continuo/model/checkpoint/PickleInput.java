// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import dev.continuo.model.InputException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a pickle, read in order; each fault tells where the opcode stands that it is about.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class PickleInput {
  private static final int MAX_LONG_BYTES = 256;
  private static final int MAX_LINE_BYTES = 1 << 16;
  private static final int FREE_WORK = 1 << 20;

  private final String label;
  private final ByteBuffer in;
  private final long mostWork;
  private int at;
  private long work;

  /**
   * Reads from the buffer's position on.
   *
   * @param label what the pickle is, with its file, for messages
   */
  PickleInput(String label, ByteBuffer in) {
    this.label = label;
    this.in = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.mostWork = FREE_WORK + (long) in.remaining();
  }

  /** Where the next byte is, counted from the buffer's first. */
  int position() {
    return in.position();
  }

  /** Bytes left. */
  int remaining() {
    return in.remaining();
  }

  /** A fault of the opcode that is being read. */
  InputException fault(String what, String expected) {
    return new InputException(
        label + " at byte " + at + ": " + what + " (expected: " + expected + ")");
  }

  /**
   * Counts work that an opcode does on values it did not bring itself, such as a copy of a list:
   * all of a pickle may do about as much as it has bytes, else a short one could do any amount.
   */
  void charge(int amount) {
    work += amount;
    if (work > mostWork) {
      throw fault("copies of more than " + mostWork + " values", "each used about once");
    }
  }

  /** The next opcode, 0 to 255. */
  int opcode() {
    at = in.position();
    return unsigned1();
  }

  int unsigned1() {
    need(1);
    return in.get() & 0xff;
  }

  int unsigned2() {
    need(2);
    return in.getShort() & 0xffff;
  }

  int signed4() {
    need(4);
    return in.getInt();
  }

  /** A length or index below 2^31. */
  int length4() {
    return length(signed4() & 0xffffffffL);
  }

  /** A length below 2^31, of eight bytes. */
  int length8() {
    need(8);
    return length(in.getLong());
  }

  private int length(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw fault("length " + Long.toUnsignedString(value), "below 2^31");
    }
    return (int) value;
  }

  /** A big-endian double. */
  double float8() {
    need(8);
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
  }

  /** A two's complement integer, as Long where it fits, else as BigInteger. */
  Object integer(int bytes) {
    if (bytes > MAX_LONG_BYTES) {
      throw fault("an integer of " + bytes + " bytes", "at most " + MAX_LONG_BYTES);
    }
    need(bytes);
    byte[] bigEndian = new byte[bytes];
    for (int i = bytes - 1; i >= 0; i--) {
      bigEndian[i] = in.get();
    }
    return bytes == 0 ? 0L : shortened(new BigInteger(bigEndian));
  }

  /** The same from decimal text, which may end in L. */
  Object decimal(String text) {
    String digits = text.endsWith("L") ? text.substring(0, text.length() - 1) : text;
    if (!digits.matches("[-+]?[0-9]{1,600}")) {
      throw fault("the number " + Quoted.of(text), "decimal digits");
    }
    return shortened(new BigInteger(digits));
  }

  private static Object shortened(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /** So many bytes; a view of the input, little-endian. */
  ByteBuffer bytes(int length) {
    need(length);
    ByteBuffer slice = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return slice;
  }

  /** Text of so many bytes of UTF-8, where lone surrogates are as Python writes them. */
  String text(int length) {
    ByteBuffer bytes = bytes(length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw fault("text that is not UTF-8", "UTF-8");
    }
  }

  /** Text of so many bytes, a character each. */
  String latin1(int length) {
    return StandardCharsets.ISO_8859_1.decode(bytes(length)).toString();
  }

  /** Text up to the end of the line, which is not part of it; a byte is a character. */
  String line() {
    int start = in.position();
    int length = 0;
    while (length < in.remaining() && in.get(start + length) != '\n') {
      if (++length > MAX_LINE_BYTES) {
        throw fault("a line of more than " + MAX_LINE_BYTES + " bytes", "a shorter one");
      }
    }
    String line = latin1(length);
    need(1);
    in.get();
    return line;
  }

  private void need(int bytes) {
    if (bytes > in.remaining()) {
      throw fault(
          "ends after " + in.remaining() + " of " + bytes + " bytes", "more; is the file cut?");
    }
  }
}
