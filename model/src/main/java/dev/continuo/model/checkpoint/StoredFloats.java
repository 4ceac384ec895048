// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Conversion of stored floating-point elements to Java's. <i>Immutable.</i> */
final class StoredFloats {
  private static final int HALF_FRACTION_BITS = 10;
  private static final int FLOAT_FRACTION_BITS = 23;
  private static final int BIAS_DIFFERENCE = 127 - 15;

  private StoredFloats() {}

  /**
   * All elements of a tensor as floats.
   *
   * @param data little-endian elements from position 0 to the limit; borrowed, its position is kept
   * @param dtype one of F64 (rounded to the nearest), F32, F16, BF16 (all three exact)
   * @param name what the elements belong to, for the message
   * @return owned by the caller
   * @throws IllegalArgumentException if {@code dtype} is not a floating-point type
   */
  static float[] toFloats(ByteBuffer data, DType dtype, String name) {
    return toFloats(data, ByteOrder.LITTLE_ENDIAN, dtype, name);
  }

  /** The same of elements in any order of bytes. */
  static float[] toFloats(ByteBuffer data, ByteOrder order, DType dtype, String name) {
    ByteBuffer in = data.duplicate().order(order).rewind();
    float[] out = new float[in.remaining() / dtype.bytes()];
    switch (dtype) {
      case F32 -> in.asFloatBuffer().get(out);
      case F64 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = (float) in.getDouble(i * 8);
        }
      }
      case F16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = halfToFloat(in.getShort(i * 2));
        }
      }
      case BF16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = bfloat16ToFloat(in.getShort(i * 2));
        }
      }
      default ->
          throw new IllegalArgumentException(
              name + ": dtype " + dtype + " (expected: F64, F32, F16 or BF16)");
    }
    return out;
  }

  /** The float of an IEEE binary16 bit pattern: exact, subnormals, infinities and NaN included. */
  static float halfToFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> HALF_FRACTION_BITS) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      // Zero or subnormal: a multiple of 2^-24, exact in a float.
      float magnitude = fraction * 0x1.0p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int floatExponent = exponent == 0x1f ? 0xff : exponent + BIAS_DIFFERENCE;
    return Float.intBitsToFloat(
        sign
            | (floatExponent << FLOAT_FRACTION_BITS)
            | (fraction << (FLOAT_FRACTION_BITS - HALF_FRACTION_BITS)));
  }

  /** The float of a bfloat16 bit pattern: exact. */
  static float bfloat16ToFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest IEEE binary16 to a float, ties to even; too large ones become infinite. */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude >= 0x7f800000) {
      return (short) (sign | 0x7c00 | (magnitude > 0x7f800000 ? 0x200 : 0));
    }
    if (magnitude < 0x38800000) {
      // Subnormal or zero: a float's own rounding to multiples of 2^-24 is that of binary16.
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(shifted) - 0x3f000000));
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (short) (sign | Math.min(0x7c00, (rounded - 0x38000000) >>> 13));
  }
}
