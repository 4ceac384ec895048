// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.continuo.model.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files of each format: an answer, or one line that says what is wrong; never more. */
class FuzzTest {
  private static final int ROUNDS = 200;
  private static final long MOST_BYTES = 32 << 20;

  @TempDir Path folder;

  private static void readAll(Checkpoint checkpoint) {
    for (String name : checkpoint.names()) {
      checkpoint.info(name).describe();
      checkpoint.get(name);
    }
  }

  private static byte[] damaged(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int limit = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 600);
    switch (random.nextInt(5)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> {
        int from = random.nextInt(limit);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(16));
        System.arraycopy(
            whole, random.nextInt(whole.length - (to - from) + 1), bytes, from, to - from);
      }
      case 2 -> {
        int at = random.nextInt(limit);
        int length = 1 + random.nextInt(8);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
        bytes = longer;
      }
      default -> {
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
          int extreme = random.nextBoolean() ? 0xff : random.nextInt(256);
          bytes[random.nextInt(limit)] = (byte) extreme;
        }
      }
    }
    return bytes;
  }

  private void fuzz(String name, byte[] whole, Consumer<Path> reader) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(name.hashCode());
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Path path = write(folder.resolve(name), damaged(whole, random));
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        reader.accept(path);
      } catch (InputException e) {
        refused++;
        assertThat(e.getMessage()).as("round " + i).doesNotContain("\n").contains("(expected: ");
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .as("bytes allocated in round " + i)
          .isLessThan(MOST_BYTES);
    }
    assertThat(refused).isGreaterThan(ROUNDS / 20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tensors.pt",
        "tensors-legacy.pt",
        "trainer.pt",
        "trainer-legacy.pt",
        "protocol4.pt"
      })
  void torchFiles(String name) throws IOException {
    fuzz(name, Files.readAllBytes(Fixtures.path(name)), path -> readAll(TorchFile.open(path)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kmeans.bin",
        "kmeans-zlib.bin",
        "kmeans-gzip.bin",
        "kmeans-f8.bin",
        "kmeans-pickle0.bin",
        "kmeans-pickle2.bin",
        "kmeans-pickle5.bin",
        "array.bin"
      })
  void centroids(String name) throws IOException {
    fuzz(name, Files.readAllBytes(Fixtures.path(name)), Centroids::read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors"})
  void safetensors(String name) throws IOException {
    byte[] whole =
        Files.readAllBytes(
            Fixtures.golden("lm-opt/model-sharded-safetensors/model-00001-of-00002.safetensors"));
    fuzz(name, whole, path -> readAll(Safetensors.open(path)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"centroids.npy"})
  void npy(String name) {
    fuzz(name, CheckpointFiles.npyMatrix(5, 3), path -> NpyArray.read(path).toFloats());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors.index.json"})
  void index(String name) {
    write(folder.resolve("a.safetensors"), CheckpointFiles.safetensors(Map.of("a", new float[3])));
    write(folder.resolve("b.safetensors"), CheckpointFiles.safetensors(Map.of("b", new float[3])));
    String json =
        "{\"metadata\":{\"total_size\":24},"
            + "\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"b.safetensors\"}}";
    fuzz(name, TorchFiles.bytes(json), path -> readAll(Checkpoint.open(path)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json"})
  void configurations(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Fixtures.golden("lm-opt/model/config.json"));
    fuzz(
        name,
        whole,
        path -> {
          ConfigFile config = ConfigFile.read(path);
          config.integer("hidden_size", 1, 1 << 20);
          config.flagOr("enable_bias", true);
          config.numberOr("dropout", 0, 1, 0);
          config.stringOr("activation_function", "relu");
          config.integers("eos_token_id", 0, 1 << 20);
        });
  }
}
