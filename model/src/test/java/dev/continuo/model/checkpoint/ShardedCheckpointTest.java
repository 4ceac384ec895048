// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.safetensors;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedCheckpointTest {
  private static final String ONE = "model-00001-of-00002.safetensors";
  private static final String TWO = "model-00002-of-00002.safetensors";

  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void writeShards() {
    folder = root.resolve("bundle");
    write(folder.resolve(ONE), safetensors(Map.of("a", new float[] {1, 2})));
    write(folder.resolve(TWO), safetensors(Map.of("b", new float[] {3})));
  }

  private Path index(String json) {
    return write(folder.resolve("model.safetensors.index.json"), json);
  }

  private static String map(String a, String b) {
    return "{\"metadata\":{\"total_size\":12},\"weight_map\":{\"a\":\"%s\",\"b\":\"%s\"}}"
        .formatted(a, b);
  }

  @Test
  void readsTensorsFromTheirShards() {
    Path index = index(map(ONE, TWO));
    Checkpoint checkpoint = Checkpoint.open(folder);
    assertThat(checkpoint.path()).isEqualTo(index);
    assertThat(checkpoint.files()).containsExactly(index, folder.resolve(ONE), folder.resolve(TWO));
    assertThat(checkpoint.names()).containsExactly("a", "b");
    assertThat(checkpoint.get("a", 2).toFloats()).containsExactly(1, 2);
    assertThat(checkpoint.get("b").toFloats()).containsExactly(3);
    assertThatThrownBy(() -> checkpoint.get("c"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(index + ": missing tensor c");
  }

  @Test
  void readsAnIndexWithoutTotal() {
    index("{\"weight_map\":{\"a\":\"" + ONE + "\"}}");
    assertThat(Checkpoint.open(folder).names()).containsExactly("a");
  }

  @Test
  void countsTensorsOfTheShardsThatAreNotListed() {
    index("{\"metadata\":{\"total_size\":4},\"weight_map\":{\"b\":\"" + TWO + "\"}}");
    assertThat(Checkpoint.open(folder).names()).containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../other.safetensors",
        "/etc/passwd",
        "sub/model.safetensors",
        "..",
        ".hidden",
        "c:model",
        "a\\\\b",
        "..\\\\other",
        "a\\u0000b"
      })
  void refusesShardsElsewhere(String shard) {
    write(root.resolve("other.safetensors"), safetensors(Map.of("a", new float[] {1, 2})));
    Path index = index(map(shard, TWO));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(index + ": weight_map.a: ")
        .hasMessageEndingWith("(expected: the name of a file beside the index)");
  }

  @Test
  void refusesLinksToElsewhere() throws IOException {
    Path other = write(root.resolve("x"), safetensors(Map.of("a", new float[] {1, 2})));
    Files.delete(folder.resolve(ONE));
    Files.createSymbolicLink(folder.resolve(ONE), other);
    index(map(ONE, TWO));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weight_map.a: \"" + ONE + "\"")
        .hasMessageContaining("a link to elsewhere");
  }

  @Test
  void followsTheLinksOfTheHubsCache() throws IOException {
    Path model = root.resolve("models--org--name");
    Path blob = write(model.resolve("blobs/0123"), safetensors(Map.of("a", new float[] {7})));
    Path snapshot = Files.createDirectories(model.resolve("snapshots/4567"));
    Files.createSymbolicLink(snapshot.resolve(ONE), blob);
    write(
        snapshot.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"" + ONE + "\"}}");
    assertThat(Checkpoint.open(snapshot).get("a").toFloats()).containsExactly(7);
  }

  @Test
  void refusesIndexesThatLie() {
    index(map(TWO, TWO));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weight_map.a: \"" + TWO + "\" (expected: a shard that holds this");
    index(map(ONE, TWO).replace("12", "13"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("metadata.total_size: 13 (expected: 12, the bytes of all tensors)");
    index(map(ONE, "missing.safetensors"));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weight_map.b: \"missing.safetensors\" (expected: a shard that is");
    index("{\"weight_map\":{}}");
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weight_map");
    index("{\"weight_map\":{\"a\":1}}");
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weight_map.a: 1");
    index("{\"weight_map\":{\"a\":\"" + ONE + "\",\"a\":\"" + TWO + "\"}}");
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Duplicate");
  }

  @Test
  void namesTheDamagedShard() {
    write(folder.resolve(TWO), new byte[3]);
    index(map(ONE, TWO));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve(TWO) + ": 3 bytes");
  }
}
