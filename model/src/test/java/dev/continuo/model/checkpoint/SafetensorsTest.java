// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.safetensors;
import static dev.continuo.model.checkpoint.CheckpointFiles.tensor;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void readsTensorsOfAnyOrder() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + tensor("b", "F16", "[2,1]", 8, 12)
            + ","
            + tensor("a", "I64", "[]", 0, 8)
            + ","
            + tensor("none", "U8", "[0,3]", 12, 12)
            + "}  ";
    byte[] data = {5, 0, 0, 0, 0, 0, 0, 0, 0, 0x3c, 0, (byte) 0xc0};
    Safetensors file = Safetensors.open(write(folder.resolve("m"), safetensors(header, data)));
    assertThat(file.names()).containsExactly("a", "b", "none");
    assertThat(file.has("a")).isTrue();
    assertThat(file.has("__metadata__")).isFalse();
    assertThat(file.path()).isEqualTo(folder.resolve("m"));
    assertThat(file.get("a").elements()).isEqualTo(1);
    assertThat(file.get("a").data().getLong(0)).isEqualTo(5);
    assertThat(file.get("b", 2, 1).toFloats()).containsExactly(1f, -2f);
    assertThat(file.get("b").describe()).isEqualTo("b: F16 [2, 1]");
    assertThat(file.get("none").elements()).isZero();
    assertThat(file.get("none").data().remaining()).isZero();
  }

  @Test
  void handsOutReadOnlyLittleEndianSlices() {
    Map<String, float[]> vectors = new LinkedHashMap<>();
    vectors.put("x", new float[] {1});
    vectors.put("y", new float[] {2, 3});
    ByteBuffer data = open(safetensors(vectors)).get("y").data();
    assertThat(data.isReadOnly()).isTrue();
    assertThat(data.isDirect()).isTrue();
    assertThat(data.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(data.position()).isZero();
    assertThat(data.capacity()).isEqualTo(8);
    assertThat(data.getFloat(0)).isEqualTo(2f);
  }

  @Test
  void namesMissingTensorsAndWrongShapes() {
    Safetensors file = open(safetensors(Map.of("x", new float[] {1, 2})));
    assertThatThrownBy(() -> file.get("y"))
        .isInstanceOf(InputException.class)
        .hasMessage(file.path() + ": missing tensor y (expected: a tensor of this name)");
    assertThatThrownBy(() -> file.get("x", 1, 2))
        .isInstanceOf(InputException.class)
        .hasMessage(file.path() + ": x: shape [2] (expected: [1, 2])");
  }

  @Test
  void readsFilesBeyondTwoGibibytes() throws IOException {
    long big = 1_200_000_000L;
    long huge = Integer.MAX_VALUE + 1L;
    String header =
        "{"
            + tensor("a", "U8", "[" + big + "]", 0, big)
            + ","
            + tensor("b", "U8", "[" + big + "]", big, 2 * big)
            + ","
            + tensor("huge", "U8", "[" + huge + "]", 2 * big, 2 * big + huge)
            + ","
            + tensor("c", "U8", "[3]", 2 * big + huge, 2 * big + huge + 3)
            + "}";
    byte[] head = safetensors(header, new byte[0]);
    Path path = folder.resolve("sparse");
    try (FileChannel out =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      out.write(ByteBuffer.wrap(head), 0);
      out.write(ByteBuffer.wrap(new byte[] {7}), head.length + 2 * big - 1);
      out.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), head.length + 2 * big + huge);
    }
    Safetensors file = Safetensors.open(path);
    assertThat(file.get("b").data().get((int) big - 1)).isEqualTo((byte) 7);
    assertThat(file.get("c").data().get(2)).isEqualTo((byte) 3);
    assertThatThrownBy(() -> file.get("huge"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("huge: U8 [2147483648] (expected: at most 2^31 - 1 bytes a tensor)");
  }

  static Stream<Arguments> hostile() {
    byte[] four = new byte[4];
    return Stream.of(
        Arguments.of("7 bytes (expected: a safetensors file", new byte[7]),
        Arguments.of("header length 9 (expected: at most the 4", raw(9, "{}  ")),
        Arguments.of("header length 18446744073709551615 (", raw(-1, "{}")),
        Arguments.of("header length 100000001 (", raw(100_000_001, "{}")),
        Arguments.of("does not start with {", safetensors("", new byte[0])),
        Arguments.of("does not start with {", safetensors("[]", new byte[0])),
        Arguments.of("header is not JSON at line 1", safetensors("{\"a\":", new byte[0])),
        Arguments.of("text after the header's object", safetensors("{}{}", new byte[0])),
        Arguments.of("header is not JSON", safetensors("{}x", new byte[0])),
        Arguments.of("header is not JSON", safetensors("{\"a\\u00zz\":1}", new byte[0])),
        Arguments.of("Duplicate", header(tensor("a", "U8", "[4]", 0, 4), 2, four)),
        Arguments.of("Duplicate", header("\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}", 1, four)),
        Arguments.of("a: not an object", header("\"a\":1", 1, four)),
        Arguments.of("a: missing key dtype", header("\"a\":{}", 1, four)),
        Arguments.of(
            "a: missing key data_offsets",
            header("\"a\":{\"dtype\":\"U8\",\"shape\":[4]}", 1, four)),
        Arguments.of("a: unknown key \"x\"", header("\"a\":{\"x\":1}", 1, four)),
        Arguments.of(
            "a: dtype: \"F8\" (expected: one of [F64",
            header(tensor("a", "F8", "[4]", 0, 4), 1, four)),
        Arguments.of("a: dtype: \"\" (expected", header("\"a\":{\"dtype\":3}", 1, four)),
        Arguments.of(
            "a: shape: value 2 is \"-1\"", header(tensor("a", "U8", "[4,-1]", 0, 4), 1, four)),
        Arguments.of(
            "a: shape: value 1 is \"4.0\"", header(tensor("a", "U8", "[4.0]", 0, 4), 1, four)),
        Arguments.of(
            "a: shape: value 1 is \"4\"", header(tensor("a", "U8", "[\"4\"]", 0, 4), 1, four)),
        Arguments.of(
            "a: shape: value 1 is \"[\"", header(tensor("a", "U8", "[[4]]", 0, 4), 1, four)),
        Arguments.of(
            "a: shape: value 1 is \"9223372036854775808\"",
            header(tensor("a", "U8", "[9223372036854775808]", 0, 4), 1, four)),
        Arguments.of("a: shape: not an array", header(tensor("a", "U8", "4", 0, 4), 1, four)),
        Arguments.of(
            "a: shape: more than 64 values",
            header(tensor("a", "U8", Arrays.toString(new int[65]), 0, 0), 1, new byte[0])),
        Arguments.of(
            "a product below 2^63",
            header(tensor("a", "U8", "[4294967296,4294967296]", 0, 4), 1, four)),
        Arguments.of(
            "a product below 2^63",
            header(tensor("a", "F32", "[4611686018427387904]", 0, 0), 1, new byte[0])),
        Arguments.of("a: data_offsets: [4, 0]", header(tensor("a", "U8", "[4]", 4, 0), 1, four)),
        Arguments.of(
            "a: data_offsets: value 1 is \"-4\"", header(tensor("a", "U8", "[4]", -4, 0), 1, four)),
        Arguments.of(
            "a: data_offsets: [4]",
            header("\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4]}", 1, four)),
        Arguments.of(
            "a: data_offsets: more than 2",
            header("\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4,4]}", 1, four)),
        Arguments.of(
            "a: data_offsets: 4 bytes (expected: 8 for F16 [4])",
            header(tensor("a", "F16", "[4]", 0, 4), 1, four)),
        Arguments.of(
            "a: data ends at 5 (expected: within the file's 4",
            header(tensor("a", "U8", "[5]", 0, 5), 1, four)),
        Arguments.of(
            "b: overlaps other data, begins at 2 (expected: at 3)",
            header(tensor("a", "U8", "[3]", 0, 3) + "," + tensor("b", "U8", "[2]", 2, 4), 1, four)),
        Arguments.of(
            "b: leaves a hole after other data, begins at 3 (expected: at 2)",
            header(tensor("a", "U8", "[2]", 0, 2) + "," + tensor("b", "U8", "[1]", 3, 4), 1, four)),
        Arguments.of(
            "2 bytes of no tensor at the end", header(tensor("a", "U8", "[2]", 0, 2), 1, four)),
        Arguments.of("__metadata__: not an object", header("\"__metadata__\":[]", 1, new byte[0])),
        Arguments.of(
            "__metadata__: k is not a string",
            header("\"__metadata__\":{\"k\":1}", 1, new byte[0])),
        Arguments.of("a\\u000ab: not an object", header("\"a\\nb\":1", 1, four)));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refuses(String expected, byte[] content) {
    Path path = write(folder.resolve("hostile.safetensors"), content);
    assertThatThrownBy(() -> Safetensors.open(path))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesDeepNestingAndTooManyTensors() {
    StringBuilder many = new StringBuilder("{");
    for (int i = 0; i <= SafetensorsHeader.MAX_TENSORS; i++) {
      many.append(i == 0 ? "" : ",").append(tensor("t" + i, "U8", "[0]", 0, 0));
    }
    refuses("too many tensors", safetensors(many.append('}').toString(), new byte[0]));
    StringBuilder notes = new StringBuilder("{\"__metadata__\":{");
    for (int i = 0; i <= SafetensorsHeader.MAX_METADATA; i++) {
      notes.append(i == 0 ? "" : ",").append("\"").append(i).append("\":\"\"");
    }
    refuses("__metadata__: too many", safetensors(notes.append("}}").toString(), new byte[0]));
    String deep = "{\"a\":{\"dtype\":" + "[".repeat(100_000);
    refuses("a: dtype: \"\"", safetensors(deep, new byte[0]));
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] valid = safetensors("{" + tensor("a", "U8", "[0]", 0, 0) + "}", new byte[0]);
    valid[10] = (byte) 0xff;
    refuses("header is not JSON", valid);
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    refuses("header is not JSON", safetensors(new String(utf16, StandardCharsets.UTF_8), utf16));
  }

  @Test
  void refusesWhatIsNoFile() {
    assertThatThrownBy(() -> Safetensors.open(folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("none") + ": no such file (expected: a readable file)");
    assertThatThrownBy(() -> Safetensors.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + ": not a regular file (expected: a file)");
  }

  /** Whatever bytes a file has: it opens and each byte belongs to one tensor, or it is refused. */
  @Test
  void survivesRandomMutations() throws IOException {
    Map<String, float[]> vectors = new LinkedHashMap<>();
    vectors.put("a.weight", new float[] {1, 2, 3});
    vectors.put("a.bias", new float[] {4});
    vectors.put("b.weight", new float[] {5, 6});
    byte[] valid = safetensors(vectors);
    Path path = folder.resolve("mutated.safetensors");
    int opened = 0;
    for (int seed = 0; seed < 3000; seed++) {
      Files.write(path, mutate(valid, new Random(seed)));
      try {
        Safetensors file = Safetensors.open(path);
        long bytes = 0;
        for (String name : file.names()) {
          TensorData tensor = file.get(name);
          assertThat(tensor.data().remaining())
              .isEqualTo(tensor.elements() * tensor.dtype().bytes());
          bytes += tensor.data().remaining();
        }
        assertThat(bytes).as("seed %d", seed).isLessThanOrEqualTo(Files.size(path) - 8);
        opened++;
      } catch (InputException e) {
        assertThat(e).as("seed %d", seed).message().startsWith(path + ": ").doesNotContain("\n");
      }
    }
    assertThat(opened).isBetween(1, 2999);
  }

  private static byte[] mutate(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(random.nextBoolean() ? 12 : bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) "{}[]\",:0123456789-e".charAt(random.nextInt(19));
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 16)) : bytes;
  }

  private Safetensors open(byte[] content) {
    return Safetensors.open(write(folder.resolve("x.safetensors"), content));
  }

  private static byte[] raw(long length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(bytes)
        .array();
  }

  private static byte[] header(String entry, int times, byte[] data) {
    return safetensors("{" + entry + ("," + entry).repeat(times - 1) + "}", data);
  }
}
