// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.npy;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyArrayTest {
  private static final byte[] SIX_FLOATS = floats(1, 2, 3, 4, 5, 6);

  @TempDir Path folder;

  @Test
  void readsFloats() {
    NpyArray array = read(npy(dict("<f4", "False", "(2, 3)"), SIX_FLOATS));
    assertThat(array.dtype()).isEqualTo(DType.F32);
    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void readsFortranOrder() {
    NpyArray array = read(npy(dict("<f4", "True", "(2, 3)"), SIX_FLOATS));
    assertThat(array.toFloats()).containsExactly(1, 3, 5, 2, 4, 6);
    byte[] eight = {0, 1, 2, 3, 4, 5, 6, 7};
    ByteBuffer data = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    for (byte value : eight) {
      data.putInt(value);
    }
    assertThat(read(npy(dict("<i4", "True", "(2, 2, 2)"), data.array())).toLongs())
        .containsExactly(0, 4, 2, 6, 1, 5, 3, 7);
  }

  @Test
  void readsEveryTypeAndRank() {
    byte[] data = new byte[8];
    data[0] = 9;
    assertThat(read(npy(dict("<i8", "False", "(1,)"), data)).toLongs()).containsExactly(9);
    assertThat(read(npy(dict("<i8", "False", "()"), data)).shape()).isEmpty();
    assertThat(read(npy(dict("<i4", "False", "(2,)"), data)).toLongs()).containsExactly(9, 0);
    assertThat(read(npy(dict("<f2", "False", "(4,)"), data)).toFloats()[0]).isEqualTo(9 * 0x1p-24f);
    assertThat(read(npy(dict("<f8", "False", "(1, 1, 1)"), data)).toFloats()).hasSize(1);
    assertThat(read(npy(dict("<f8", "True", "(0, 5)"), new byte[0])).toFloats()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(bytes = {2, 3})
  void readsLaterVersions(byte version) {
    String dict = dict("<i8", "False", "(1,)");
    ByteBuffer file = ByteBuffer.allocate(12 + dict.length() + 8).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', version, 0}).putInt(dict.length());
    file.put(dict.getBytes(StandardCharsets.ISO_8859_1)).putLong(3);
    assertThat(read(file.array()).toLongs()).containsExactly(3);
  }

  @Test
  void readsBothByteOrders() {
    byte[] data = {0, 0, 0, 1, 0, 0, 0, 2};
    assertThat(read(npy(dict(">i4", "False", "(2,)"), data)).toLongs()).containsExactly(1, 2);
    assertThat(read(npy(dict(">i8", "True", "(1,)"), data)).toLongs())
        .containsExactly(0x100000002L);
    byte[] half = {0x3c, 0, (byte) 0xc0, 0};
    assertThat(read(npy(dict(">f2", "True", "(2,)"), half)).toFloats()).containsExactly(1, -2);
  }

  @Test
  void refusesTheOtherKindOfElements() {
    NpyArray ids = read(npy(dict("<i8", "False", "(1,)"), new byte[8]));
    assertThatThrownBy(ids::toFloats)
        .isInstanceOf(InputException.class)
        .hasMessage(ids.path() + ": elements of I64 (expected: f2, f4 or f8)");
    NpyArray floats = read(npy(dict("<f8", "False", "(1,)"), new byte[8]));
    assertThatThrownBy(floats::toLongs)
        .isInstanceOf(InputException.class)
        .hasMessage(floats.path() + ": elements of F64 (expected: i4 or i8)");
  }

  static Stream<Arguments> hostile() {
    byte[] version = npy(dict("<f4", "False", "(6,)"), SIX_FLOATS);
    version[6] = 4;
    byte[] longHeader = npy(dict("<f4", "False", "(6,)"), new byte[0]);
    longHeader[9] = 1;
    return Stream.of(
        Arguments.of("not a NumPy array", new byte[0]),
        Arguments.of("not a NumPy array", "{\"units\": [1, 2]}".getBytes(StandardCharsets.UTF_8)),
        Arguments.of("version 4.0 (expected: 1.0, 2.0 or 3.0)", version),
        Arguments.of("the header does not fit", longHeader),
        Arguments.of("descr: \"|O\"", npy(dict("|O", "False", "(6,)"), SIX_FLOATS)),
        Arguments.of("descr: \"=f4\"", npy(dict("=f4", "False", "(6,)"), SIX_FLOATS)),
        Arguments.of("descr: \"f4\"", npy(dict("f4", "False", "(6,)"), SIX_FLOATS)),
        Arguments.of(
            "header \"{'descr': [(",
            npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}", SIX_FLOATS)),
        Arguments.of("header \"{'descr'", npy("{'descr': '<f4', 'shape': (6,)}", SIX_FLOATS)),
        Arguments.of(
            "header \"{'descr'",
            npy(
                "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
                SIX_FLOATS)),
        Arguments.of(
            "header \"{'descr'",
            npy("{'descr': '<f4' 'fortran_order': False, 'shape': (6,)}", SIX_FLOATS)),
        Arguments.of(
            "header \"{'descr'",
            npy("{'descr': 'False', 'fortran_order': '<f4', 'shape': (6,)}", SIX_FLOATS)),
        Arguments.of("header \"{__import__", npy("{__import__('os'): 1}", SIX_FLOATS)),
        Arguments.of("header \"\"", npy("", SIX_FLOATS)),
        Arguments.of("header \"{\"", npy("{", SIX_FLOATS)),
        Arguments.of("shape: (,)", npy(dict("<f4", "False", "(,)"), SIX_FLOATS)),
        Arguments.of("shape: (2 3)", npy(dict("<f4", "False", "(2 3)"), SIX_FLOATS)),
        Arguments.of(
            "shape: (99999999999999999999)",
            npy(dict("<f4", "False", "(99999999999999999999)"), SIX_FLOATS)),
        Arguments.of(
            "shape: (1,", npy(dict("<f4", "False", "(" + "1,".repeat(40) + ")"), SIX_FLOATS)),
        Arguments.of(
            "shape: [4294967296, 4294967296]",
            npy(dict("<f4", "False", "(4294967296, 4294967296)"), SIX_FLOATS)),
        Arguments.of(
            "24 bytes of data (expected: 28 for F32 [7])",
            npy(dict("<f4", "False", "(7,)"), SIX_FLOATS)),
        Arguments.of(
            "24 bytes of data (expected: 20 for F32 [5])",
            npy(dict("<f4", "False", "(5,)"), SIX_FLOATS)));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refuses(String expected, byte[] content) {
    Path path = write(folder.resolve("hostile.npy"), content);
    assertThatThrownBy(() -> NpyArray.read(path))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void survivesRandomMutations() throws IOException {
    byte[] valid = npy(dict("<f4", "True", "(2, 3)"), SIX_FLOATS);
    Path path = folder.resolve("mutated.npy");
    int opened = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = valid.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(i == 0 ? 128 : 256);
      }
      Files.write(path, random.nextInt(4) > 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(99)));
      try {
        NpyArray array = NpyArray.read(path);
        assertThat(array.dtype() == DType.I32 ? array.toLongs().length : array.toFloats().length)
            .as("seed %d", seed)
            .isLessThanOrEqualTo(12);
        opened++;
      } catch (InputException e) {
        assertThat(e).as("seed %d", seed).message().startsWith(path + ": ").doesNotContain("\n");
      }
    }
    assertThat(opened).isBetween(1, 2999);
  }

  private NpyArray read(byte[] content) {
    return NpyArray.read(write(folder.resolve("x.npy"), content));
  }

  private static String dict(String descr, String fortran, String shape) {
    return String.format(
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }   \n", descr, fortran, shape);
  }

  private static byte[] floats(float... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return data.array();
  }
}
