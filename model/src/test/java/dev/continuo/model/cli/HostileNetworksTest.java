// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static dev.continuo.model.checkpoint.CheckpointFiles.npy;
import static dev.continuo.model.checkpoint.CheckpointFiles.npyMatrix;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.VocoderFolder;
import dev.continuo.model.loader.NetworkLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders, quantizers and vocoders that somebody broke, or made to break us: one line, exit 3. */
class HostileNetworksTest {
  private static final String ATTACK = "cos\nsystem\n(S'touch pwned'\ntR.";

  @TempDir Path folder;

  private Path encoder;
  private Path vocoder;
  private Path centroids;

  @BeforeEach
  void copy() throws IOException {
    encoder = copy("hubert-base/model", "encoder");
    vocoder = copy("vocoder-25hz/model", "vocoder");
    Files.delete(vocoder.resolve("generator.pt"));
    centroids = Golden.path("hubert-base/kmeans/centroids.npy");
  }

  private Path copy(String golden, String name) throws IOException {
    Path to = Files.createDirectories(folder.resolve(name));
    try (Stream<Path> files = Files.list(Golden.path(golden))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  private CommandRun units() {
    return run(
        "units",
        Golden.path("hubert-base/audio/c.wav").toString(),
        "--encoder",
        encoder.toString(),
        "--kmeans",
        centroids.toString(),
        "--layer",
        "2");
  }

  private CommandRun vocode() {
    Path lines =
        write(folder.resolve("u.jsonl"), "{\"file_name\": \"a.wav\", \"units\": [1, 2]}\n");
    String out = folder.resolve("out").toString();
    return run("vocode", lines.toString(), "-o", out, "--vocoder", vocoder.toString());
  }

  private static CommandRun run(String... args) {
    Path home = BundleStore.home();
    return CommandRun.of(home, new BundleNetworks(home), new byte[0], args);
  }

  private static void refused(CommandRun run, Path file, String says) {
    assertThat(run.err())
        .hasLineCount(1)
        .startsWith("continuo: " + file)
        .contains(says)
        .contains("(expected: ");
    assertThat(run.code()).isEqualTo(3);
  }

  @Test
  void theBaseIsGood() {
    units().ok();
    vocode().ok();
  }

  /** Changes the JSON header of a safetensors file; the data stay. */
  private static UnaryOperator<byte[]> header(UnaryOperator<String> change) {
    return file -> {
      ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int length = Math.toIntExact(in.getLong());
      byte[] text = change.apply(new String(file, 8, length, ISO_8859_1)).getBytes(ISO_8859_1);
      ByteBuffer out =
          ByteBuffer.allocate(file.length - length + text.length).order(ByteOrder.LITTLE_ENDIAN);
      return out.putLong(text.length)
          .put(text)
          .put(file, 8 + length, file.length - 8 - length)
          .array();
    };
  }

  private static UnaryOperator<byte[]> length(long value) {
    return file -> {
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
      return file;
    };
  }

  private static UnaryOperator<byte[]> cut(int from) {
    return file -> Arrays.copyOf(file, from < 0 ? file.length + from : from);
  }

  /** Makes the first number of the file's data, or all of them, not a number. */
  private static byte[] notANumber(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int data = 8 + Math.toIntExact(buffer.getLong(0));
    for (int at = data; at + 4 <= file.length; at += 4) {
      buffer.putFloat(at, Float.NaN);
    }
    return file;
  }

  private static UnaryOperator<byte[]> shape(String name, String to) {
    return header(h -> changed(h, name, "\"shape\": ?\\[[0-9, ]*\\]", "\"shape\":" + to));
  }

  private static String changed(String header, String name, String part, String to) {
    String key = "(\"" + name.replace(".", "\\.") + "\": ?\\{[^}]*?)";
    String result = header.replaceFirst(key + part, "$1" + to);
    assertThat(result).isNotEqualTo(header);
    return result;
  }

  private static UnaryOperator<byte[]> renamed(String name, String to) {
    return header(h -> h.replace("\"" + name + "\"", "\"" + to + "\""));
  }

  /** Faults of any safetensors file; the names are of a matrix that is not square. */
  private static Stream<Arguments> faults(String name, String transposed, String says) {
    String start = "\"data_offsets\": ?\\[[0-9]+";
    return Stream.of(
        Arguments.of("empty", cut(0), "0 bytes"),
        Arguments.of("cut in the length", cut(5), "5 bytes"),
        Arguments.of("cut in the header", cut(100), "header length"),
        Arguments.of("cut in the data", cut(-10), "bytes"),
        Arguments.of("negative length", length(-1), "header length"),
        Arguments.of("huge length", length(1L << 40), "header length"),
        Arguments.of("no JSON", header(h -> h.replace(':', ';')), ""),
        Arguments.of("overlap", header(h -> changed(h, name, start, "\"data_offsets\":[0")), ""),
        Arguments.of("transposed", shape(name, transposed), name + ": shape " + says),
        Arguments.of("huge shape", shape(name, "[4611686018427387904,4]"), name),
        Arguments.of("negative shape", shape(name, "[-1,-1]"), name),
        Arguments.of("missing", renamed(name, "nothing"), "missing tensor " + name),
        Arguments.of(
            "integers",
            header(h -> changed(h, name, "\"dtype\": ?\"F32\"", "\"dtype\":\"I32\"")),
            name),
        Arguments.of(
            "not numbers", (UnaryOperator<byte[]>) HostileNetworksTest::notANumber, "NaN"));
  }

  static Stream<Arguments> encoders() {
    String name = "encoder.layers.0.feed_forward.intermediate_dense.weight";
    return faults(name, "[32,80]", "[32, 80]");
  }

  static Stream<Arguments> vocoders() {
    return faults("ups.0.weight_v", "[16,32,11]", "[16, 32, 11]");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("encoders")
  void refusesEncoders(String fault, UnaryOperator<byte[]> change, String says) throws IOException {
    Path file = encoder.resolve("model.safetensors");
    Files.write(file, change.apply(Files.readAllBytes(file)));
    refused(units(), file, says);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vocoders")
  void refusesVocoders(String fault, UnaryOperator<byte[]> change, String says) throws IOException {
    Path file = vocoder.resolve("generator.safetensors");
    Files.write(file, change.apply(Files.readAllBytes(file)));
    refused(vocode(), file, says);
  }

  @ParameterizedTest
  @ValueSource(strings = {"transposed", "missing", "integers"})
  void findsTensorsThatDoNotFitWithoutReadingThem(String fault) throws IOException {
    for (Path network : List.of(encoder, vocoder)) {
      boolean ears = network.equals(encoder);
      Path file = network.resolve(ears ? "model.safetensors" : "generator.safetensors");
      for (Arguments one : (ears ? encoders() : vocoders()).toList()) {
        if (one.get()[0].equals(fault)) {
          @SuppressWarnings("unchecked")
          UnaryOperator<byte[]> change = (UnaryOperator<byte[]>) one.get()[1];
          Files.write(file, change.apply(Files.readAllBytes(file)));
        }
      }
      assertThatThrownBy(
              () -> {
                if (ears) {
                  NetworkLoader.check(EncoderFolder.open(encoder, centroids, OptionalInt.of(2)));
                } else {
                  NetworkLoader.check(VocoderFolder.open(vocoder));
                }
              })
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  private static byte[] zip(Map<String, byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Stream<Arguments> pickles() {
    byte[] attack = ATTACK.getBytes(ISO_8859_1);
    return Stream.of(
        Arguments.of("no pickle", new byte[64]),
        Arguments.of("names a global", zip(Map.of("m/data.pkl", attack))),
        Arguments.of("plain pickle that names a global", attack),
        Arguments.of("a bomb", zip(Map.of("m/data.pkl", new byte[1 << 26]))),
        Arguments.of("nothing in it", zip(Map.of("m/other", attack))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pickles")
  void refusesPicklesOfWeights(String fault, byte[] content) throws IOException {
    Files.delete(encoder.resolve("model.safetensors"));
    Files.delete(vocoder.resolve("generator.safetensors"));
    Path weights = write(encoder.resolve("pytorch_model.bin"), content);
    Path generator = write(vocoder.resolve("generator.pt"), content);
    refused(units(), weights, "");
    refused(vocode(), generator, "");
    assertThat(folder.resolve("pwned")).doesNotExist();
  }

  static Stream<Arguments> quantizers() {
    String objects = "{'descr': '|O', 'fortran_order': False, 'shape': (100, 32), }";
    String huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999, 32), }";
    String negative = "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 32), }";
    return Stream.of(
        Arguments.of("km.npy", npy(objects, ATTACK.getBytes(ISO_8859_1)), "|O"),
        Arguments.of("km.npy", npy(huge, new byte[64]), "64 bytes of data"),
        Arguments.of("km.npy", npy(negative, new byte[64]), "shape"),
        Arguments.of("km.npy", cut(40).apply(npyMatrix(100, 32)), ""),
        Arguments.of("km.npy", cut(-4).apply(npyMatrix(100, 32)), "bytes"),
        Arguments.of("km.npy", npyMatrix(100, 31), "31 values a unit (expected: 32"),
        Arguments.of("km.npy", npyMatrix(0, 32), ""),
        Arguments.of("km.npy", new byte[0], ""),
        Arguments.of("km.bin", ATTACK.getBytes(ISO_8859_1), "os.system"),
        Arguments.of("km.bin", new byte[] {'x', (byte) 0x9c, 1, 2, 3}, ""),
        Arguments.of("km.bin", zip(Map.of("m/data.pkl", ATTACK.getBytes(ISO_8859_1))), ""));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("quantizers")
  void refusesQuantizers(String name, byte[] content, String says) {
    centroids = write(folder.resolve(name), content);
    refused(units(), centroids, says);
  }

  @ParameterizedTest
  @ValueSource(strings = {"upsample_rates", "code_hop_size", "num_embeddings"})
  void refusesAHopThatDoesNotMatchItsRates(String key) throws IOException {
    Path config = vocoder.resolve("config.json");
    String text = Files.readString(config);
    String wrong = text.replaceFirst("(\"" + key + "\": *\\[?\\s*)[0-9]+", "$17");
    assertThat(wrong).isNotEqualTo(text);
    Files.writeString(config, wrong);
    assertThat(vocode().err()).hasLineCount(1).contains("(expected: ");
    assertThat(vocode().code()).isEqualTo(3);
  }
}
