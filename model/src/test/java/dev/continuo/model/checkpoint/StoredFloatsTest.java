// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class StoredFloatsTest {

  @Test
  void convertsEveryHalf() {
    for (int bits = 0; bits < 0x10000; bits++) {
      int exponent = (bits >> 10) & 0x1f;
      int fraction = bits & 0x3ff;
      double sign = bits < 0x8000 ? 1 : -1;
      double expected =
          exponent == 0x1f
              ? (fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? sign * fraction * Math.pow(2, -24)
                  : sign * (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
      // Doubles are compared by their bits: -0 is not 0, NaN is NaN.
      assertThat(Double.valueOf(StoredFloats.halfToFloat((short) bits)))
          .as("half %04x", bits)
          .isEqualTo(Double.valueOf(expected));
    }
  }

  @Test
  void convertsBfloat16() {
    assertThat(StoredFloats.bfloat16ToFloat((short) 0x3f80)).isEqualTo(1f);
    assertThat(StoredFloats.bfloat16ToFloat((short) 0xc049)).isEqualTo(-3.140625f);
    assertThat(StoredFloats.bfloat16ToFloat((short) 0x0001))
        .isEqualTo(Float.intBitsToFloat(0x10000));
  }

  @Test
  void readsEachFloatTypeFromTheStartWhateverTheOrderAndPosition() {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(1.5).putDouble(-2).order(ByteOrder.BIG_ENDIAN);
    assertThat(StoredFloats.toFloats(data, DType.F64, "x")).containsExactly(1.5f, -2f);
    assertThat(StoredFloats.toFloats(data, DType.F32, "x")).containsExactly(0f, 1.9375f, 0f, -2f);
    assertThat(StoredFloats.toFloats(data, DType.BF16, "x"))
        .containsExactly(0f, 0f, 0f, 1.9375f, 0f, 0f, 0f, -2f);
    assertThat(StoredFloats.toFloats(data, DType.F16, "x"))
        .containsExactly(0f, 0f, 0f, 1.9921875f, 0f, 0f, 0f, -2f);
    assertThat(data.position()).isEqualTo(16);
  }

  @Test
  void refusesIntegers() {
    assertThatThrownBy(() -> StoredFloats.toFloats(ByteBuffer.allocate(8), DType.I64, "ids"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ids: dtype I64 (expected: F64, F32, F16 or BF16)");
  }

  @Test
  void everyHalfIsItselfAgain() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = StoredFloats.halfToFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(StoredFloats.floatToHalf(value)).isEqualTo((short) bits);
      }
    }
    assertThat(StoredFloats.floatToHalf(Float.NaN) & 0x7fff).isGreaterThan(0x7c00);
  }

  @Test
  void roundsToTheNearestHalfAndTiesToEven() {
    assertThat(half(1 + 0x1p-11f)).isEqualTo(1);
    assertThat(half(1 + 3 * 0x1p-11f)).isEqualTo(1 + 2 * 0x1p-10f);
    assertThat(half(1 + 0x1.1p-11f)).isEqualTo(1 + 0x1p-10f);
    assertThat(half(-65519)).isEqualTo(-65504);
    assertThat(half(65520)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(half(1e30f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(half(0x1p-25f)).isZero();
    assertThat(half(0x1.8p-25f)).isEqualTo(0x1p-24f);
    assertThat(half(0x1.ffep-15f)).isEqualTo(0x1p-14f);
  }

  private static float half(float value) {
    return StoredFloats.halfToFloat(StoredFloats.floatToHalf(value));
  }
}
