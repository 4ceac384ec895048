// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static dev.continuo.model.checkpoint.TorchFiles.bytes;
import static dev.continuo.model.checkpoint.TorchFiles.dict;
import static dev.continuo.model.checkpoint.TorchFiles.tensor;
import static dev.continuo.model.checkpoint.TorchFiles.zip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileTorchFileTest {
  private static final String GOOD = tensor("0", "FloatStorage", 4, 0, "I2\nI2\n", "I2\nI1\n");
  private static final int CENTRAL = 0x02014b50;

  @TempDir Path folder;

  /** A good file's entries, in order. */
  private static Map<String, byte[]> entries(String pickle) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("m/data.pkl", bytes(pickle));
    entries.put("m/byteorder", bytes("little"));
    entries.put("m/data/0", new byte[16]);
    return entries;
  }

  private static byte[] file(String pickle) {
    return zip(entries(pickle));
  }

  private void assertRefused(byte[] content, String... expected) {
    Path path = write(folder.resolve("pytorch_model.bin"), content);
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContainingAll(expected)
        .hasMessageContaining("(expected: ")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void theBaseIsGood() {
    write(folder.resolve("pytorch_model.bin"), file(dict("w", GOOD) + "."));
    assertThat(Checkpoint.open(folder).get("w", 2, 2).toFloats()).hasSize(4);
  }

  static Stream<Arguments> tensors() {
    String big = "I4611686018427387904\n";
    return Stream.of(
        Arguments.of("0", 4L, 0L, "I-2\nI-2\n", "I2\nI1\n", "w: shape [-2, -2]"),
        Arguments.of("0", 4L, 0L, "I2\nI2\n", "I-2\nI1\n", "strides [-2, 1]"),
        Arguments.of("0", 4L, 0L, "I2\nI2\n", "I1\n", "as many sizes as strides"),
        Arguments.of("0", 4L, 0L, "I2\nI3\n", "I3\nI1\n", "inside the 4 elements"),
        Arguments.of("0", 4L, 1L, "I2\nI2\n", "I2\nI1\n", "from element 1"),
        Arguments.of("0", 4L, -1L, "I2\nI2\n", "I2\nI1\n", "from element -1"),
        Arguments.of("0", 4L, 5L, "I0\n", "I1\n", "from element 5"),
        Arguments.of("0", 4L, 0L, big + big, "I1\nI1\n", "a product below 2^63"),
        Arguments.of("0", 4L, 0L, big + big + "I0\n", "I1\nI1\nI1\n", "a product below 2^63"),
        Arguments.of("0", 4L, 0L, "I3\n", big, "a product below 2^63"),
        Arguments.of("0", 4L, Long.MAX_VALUE, "I2\n", "I1\n", "a product below 2^63"),
        Arguments.of("0", 4L, 0L, "I5\n", "I0\n", "no more elements than the 4"),
        Arguments.of("0", 4L, 0L, "I2\n".repeat(65), "I1\n".repeat(65), "up to 64 integers"),
        Arguments.of("0", 4L, 0L, "F2\n", "I1\n", "up to 64 integers"),
        Arguments.of("1", 4L, 0L, "I4\n", "I1\n", "storage 1: missing (expected: 16 bytes of F32)"),
        Arguments.of("../0", 4L, 0L, "I4\n", "I1\n", "storage ../0: missing"),
        Arguments.of("0", 5L, 0L, "I5\n", "I1\n", "storage 0: 16 bytes (expected: 20 bytes"),
        Arguments.of("0", 3L, 0L, "I3\n", "I1\n", "storage 0: 16 bytes (expected: 12 bytes"),
        Arguments.of("0", 1L << 60, 0L, "I3\n", "I1\n", "storage 0: 16 bytes (expected: 4611"));
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void refusesTensorsThatCannotBe(
      String key, long elements, long at, String shape, String strides, String expected) {
    String pickle = dict("w", tensor(key, "FloatStorage", elements, at, shape, strides)) + ".";
    assertRefused(file(pickle), expected);
  }

  @Test
  void refusesOneStorageOfTwoKinds() {
    String other = tensor("0", "IntStorage", 4, 0, "I4\n", "I1\n");
    assertRefused(
        file("(dS'a'\n" + GOOD + "sS'b'\n" + other + "s."),
        "b: storage 0: I32 [4] (expected: F32 [4], as of another tensor)");
  }

  @Test
  void refusesTwoTensorsOfOneName() {
    String nested = "(dS'a.b'\n" + GOOD + "sS'a'\n" + dict("b", GOOD) + "s.";
    assertRefused(file(nested), "a.b: a second tensor of this name");
  }

  @Test
  void refusesWhatHoldsNoTensors() {
    assertRefused(file("(dS'a'\nI1\ns."), "no tensors");
    assertRefused(file("I1\n."), "no tensors");
  }

  @Test
  void refusesCyclesAndTooManyPaths() {
    assertRefused(file("(dp0\nS'a'\ng0\ns."), "nested too much");
    StringBuilder fan = new StringBuilder("]q\0");
    for (int level = 1; level < 8; level++) {
      fan.append("0](").append(("h" + (char) (level - 1)).repeat(100)).append("eq");
      fan.append((char) level);
    }
    assertRefused(file(fan + "."), "nested too much");
  }

  @Test
  void boundsTheNamesOfTensors() {
    StringBuilder inner = new StringBuilder("(d");
    inner.append("S'0'\n").append(GOOD).append("p9\ns");
    for (int i = 1; i < 2_000; i++) {
      inner.append("S'").append(i).append("'\ng9\ns");
    }
    StringBuilder outer = new StringBuilder("(d");
    String key = "k".repeat(900);
    outer.append("S'0'\n").append(inner).append("p8\ns");
    for (int i = 1; i < 200; i++) {
      outer.append("S'").append(key).append(i).append("'\ng8\ns");
    }
    assertRefused(file(outer + "."), "too many tensors");
    assertRefused(file(dict("k".repeat(2_000), GOOD) + "."), "nested too much");
  }

  @Test
  void refusesBytesBehindThePickle() {
    assertRefused(file(dict("w", GOOD) + ".x"), "m/data.pkl at byte", "1 bytes behind the end");
  }

  @Test
  void namesThePlaceOfAForeignGlobal() {
    String evil = "(dS'w'\n" + GOOD + "sS'x'\ncos\nsystem\n(S'id'\ntRs.";
    int at = evil.indexOf("cos");
    assertRefused(file(evil), ": m/data.pkl at byte " + at + ": names os.system, which is never");
  }

  static Stream<Arguments> archives() {
    String good = dict("w", GOOD) + ".";
    return Stream.of(
        Arguments.of("entries NAME/data.pkl", change(e -> e.remove("m/data.pkl"))),
        Arguments.of("with 2 entries NAME", change(e -> e.put("n/data.pkl", bytes(good)))),
        Arguments.of("TorchScript", change(e -> e.put("m/constants.pkl", bytes(").")))),
        Arguments.of("byteorder: \"big\"", change(e -> e.put("m/byteorder", bytes("big")))),
        Arguments.of("storage 0: missing", change(e -> e.remove("m/data/0"))),
        Arguments.of("storage 0: 15 bytes", change(e -> e.put("m/data/0", new byte[15]))),
        Arguments.of("../x: an entry's name", change(e -> e.put("../x", new byte[1]))),
        Arguments.of("/x: an entry's name", change(e -> e.put("/x", new byte[1]))),
        Arguments.of("a\\\\b: an entry's name", change(e -> e.put("a\\b", new byte[1]))),
        Arguments.of("m/../x: an entry's name", change(e -> e.put("m/../x", new byte[1]))));
  }

  private static byte[] change(Consumer<Map<String, byte[]>> change) {
    Map<String, byte[]> entries = entries(dict("w", GOOD) + ".");
    change.accept(entries);
    return zip(entries);
  }

  @ParameterizedTest
  @MethodSource("archives")
  void refusesArchivesOfOtherContent(String expected, byte[] content) {
    assertRefused(content, expected);
  }

  static Stream<Arguments> directories() {
    return Stream.of(
        Arguments.of("m/data.pkl: compressed", central(0, b -> b.putShort(10, (short) 8))),
        Arguments.of("m/data.pkl: encrypted", central(0, b -> b.putShort(8, (short) 1))),
        Arguments.of("bytes stored of", central(0, b -> b.putInt(24, 1000))),
        Arguments.of("bytes at", central(2, b -> b.putInt(24, 5000).putInt(20, 5000))),
        Arguments.of("before the directory", central(2, b -> b.putInt(42, -2))),
        Arguments.of("its two headers disagree", central(2, b -> b.putInt(24, 8).putInt(20, 8))),
        Arguments.of("its two headers disagree", central(2, b -> b.putInt(42, 0))),
        Arguments.of("no header at 1", central(2, b -> b.putInt(42, 1))),
        Arguments.of("on another disk", central(1, b -> b.putShort(34, (short) 1))),
        Arguments.of("a zip directory of", end(b -> b.putShort(10, (short) 4))),
        Arguments.of("a zip directory of", end(b -> b.putInt(12, 10))),
        Arguments.of("(expected: inside the file)", end(b -> b.putInt(12, -1))),
        Arguments.of("a zip directory of 3 entries", end(b -> b.putShort(10, (short) -1))),
        Arguments.of("(expected: inside the file)", end(b -> b.putInt(16, 100_000))),
        Arguments.of("without its directory", end(b -> b.putShort(20, (short) 1))),
        Arguments.of("without its directory", end(b -> b.putInt(0, 0))));
  }

  /** The good file with one entry of its directory changed. */
  private static byte[] central(int index, Consumer<ByteBuffer> change) {
    byte[] file = file(dict("w", GOOD) + ".");
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int found = 0;
    for (int at = 0; at < file.length - 4; at++) {
      if (bytes.getInt(at) == CENTRAL && found++ == index) {
        change.accept(bytes.slice(at, file.length - at).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
    return file;
  }

  private static byte[] end(Consumer<ByteBuffer> change) {
    byte[] file = file(dict("w", GOOD) + ".");
    ByteBuffer tail = ByteBuffer.wrap(file, file.length - 22, 22).slice();
    change.accept(tail.order(ByteOrder.LITTLE_ENDIAN));
    return file;
  }

  @ParameterizedTest
  @MethodSource("directories")
  void refusesDirectoriesThatLie(String expected, byte[] content) {
    assertRefused(content, expected);
  }

  /** Two entries of the directory that lead to the same bytes: a bomb without compression. */
  @Test
  void refusesEntriesThatOverlap() {
    byte[] file = zip(Map.of("m/data.pkl", bytes("I1\n.")));
    ByteBuffer end = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = file.length - 22;
    int start = end.getInt(at + 16);
    byte[] entry = Arrays.copyOfRange(file, start, at);
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.write(file, 0, at);
    twice.writeBytes(entry);
    end.putShort(at + 8, (short) 2).putShort(at + 10, (short) 2).putInt(at + 12, 2 * entry.length);
    twice.write(file, at, 22);
    assertRefused(twice.toByteArray(), "m/data.pkl: overlaps other data");
  }

  @Test
  void refusesCompressedEntries() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("m/data.pkl"));
      zip.write(bytes(dict("w", GOOD) + "."));
      zip.putNextEntry(new ZipEntry("m/data/0"));
      zip.write(new byte[50 << 20]);
    }
    assertRefused(out.toByteArray(), "compressed (expected: stored");
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    for (String name : new String[] {"tensors.pt", "tensors-legacy.pt"}) {
      byte[] whole = Files.readAllBytes(Fixtures.path(name));
      for (int length = 0; length < whole.length; length += 13) {
        byte[] cut = Arrays.copyOf(whole, length);
        Path path = write(folder.resolve("cut.pt"), cut);
        assertThatThrownBy(() -> TorchFile.open(path))
            .as(name + " cut to " + length)
            .isInstanceOf(InputException.class)
            .hasMessageStartingWith(path.toString());
      }
    }
  }

  @Test
  void refusesOlderFilesWhoseStoragesDisagree() throws IOException {
    byte[] good = Files.readAllBytes(Fixtures.path("trainer-legacy.pt"));
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    Path path = write(folder.resolve("x.pt"), longer);
    assertThatThrownBy(() -> TorchFile.open(path))
        .isInstanceOf(InputException.class)
        .hasMessage(path + ": 1 bytes behind the last storage (expected: the end of the file)");
    byte[] another = good.clone();
    another[good.length - 16] = 7; // elements of the last storage, two floats
    write(path, another);
    assertThatThrownBy(() -> TorchFile.open(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(": 7 elements (expected: 2)");
    write(path, bytes("\u0080\2}."));
    assertThatThrownBy(() -> TorchFile.open(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a pickle that torch.save did not write");
  }
}
