// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CentroidsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kmeans.bin",
        "kmeans-zlib.bin",
        "kmeans-gzip.bin",
        "kmeans-f8.bin",
        "kmeans-pickle0.bin",
        "kmeans-pickle1.bin",
        "kmeans-pickle2.bin",
        "kmeans-pickle3.bin",
        "kmeans-pickle4.bin",
        "kmeans-pickle5.bin",
        "array.bin",
        "dictionary.bin"
      })
  void readsWhatScikitLearnAndJoblibWrite(String name) {
    Centroids centroids = Centroids.read(Fixtures.path(name));
    assertThat(centroids.units()).isEqualTo(4);
    assertThat(centroids.width()).isEqualTo(3);
    for (int i = 0; i < 12; i++) {
      assertThat(centroids.values()[i]).isEqualTo(i / 8f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hubert-25hz", "hubert-base"})
  void equalsTheSameCentroidsInNpy(String golden) {
    Centroids pickled = Centroids.read(Fixtures.golden(golden + "/kmeans/kmeans.bin"));
    Centroids npy = Centroids.read(Fixtures.golden(golden + "/kmeans/centroids.npy"));
    assertThat(pickled.units()).isEqualTo(npy.units());
    assertThat(pickled.width()).isEqualTo(32).isEqualTo(npy.width());
    assertThat(pickled.values()).isEqualTo(npy.values());
  }

  @Test
  void readsTheOneMatrixOfACheckpoint() {
    byte[] file =
        CheckpointFiles.safetensors(
            "{" + CheckpointFiles.tensor("c", "F32", "[1,2]", 0, 8) + "}", new byte[8]);
    Centroids one = Centroids.read(write(folder.resolve("c.safetensors"), file));
    assertThat(one.units()).isEqualTo(1);
    assertThat(one.width()).isEqualTo(2);
    assertThatThrownBy(() -> Centroids.read(Fixtures.path("tensors-legacy.pt")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("matrices (expected: one of centroids)");
  }

  @Test
  void refusesObjectsAndVectors() {
    assertThatThrownBy(() -> Centroids.read(Fixtures.path("objects.bin")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("an array whose elements are no numbers");
    write(folder.resolve("v.npy"), CheckpointFiles.npy(header("<f4", "(3,)"), new byte[12]));
    assertThatThrownBy(() -> Centroids.read(folder.resolve("v.npy")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("shape [3] (expected: [units, width])");
  }

  private static String header(String descr, String shape) {
    return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    byte[] data = {0, 0, 0, 0, 0, 0, (byte) 0xc0, 0x7f};
    write(folder.resolve("n.npy"), CheckpointFiles.npy(header("<f4", "(2, 1)"), data));
    assertThatThrownBy(() -> Centroids.read(folder.resolve("n.npy")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("centroid 1 holds NaN (expected: finite values)");
  }

  @Test
  void readsBigEndianArrays() {
    byte[] data = {0x3f, (byte) 0x80, 0, 0, (byte) 0xc0, 0, 0, 0};
    write(folder.resolve("b.npy"), CheckpointFiles.npy(header(">f4", "(2, 1)"), data));
    assertThat(Centroids.read(folder.resolve("b.npy")).values()).containsExactly(1, -2);
  }

  @Test
  void boundsItsSize() throws IOException {
    byte[] head = CheckpointFiles.npy(header("<f4", "(100000, 1000)"), new byte[0]);
    Path path = write(folder.resolve("big.npy"), head);
    try (java.io.RandomAccessFile sparse = new java.io.RandomAccessFile(path.toFile(), "rw")) {
      sparse.setLength(head.length + 400_000_000L);
    }
    assertThatThrownBy(() -> Centroids.read(path))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("shape [100000, 1000] (expected: at most 67108864 elements)");
  }

  @Test
  void refusesBombs() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bomb)) {
      out.write(new byte[100 << 20]);
    }
    write(folder.resolve("bomb"), bomb.toByteArray());
    assertThatThrownBy(() -> Centroids.read(folder.resolve("bomb")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("inflates to more than")
        .hasMessageContaining("(expected: at most that)");
  }

  @Test
  void namesWhatItCannotRead() throws IOException {
    for (Map.Entry<String, String> kind :
        Map.of(
                "BZh91AY",
                "bzip2-compressed",
                "\u00fd7zXZ\0\0",
                "xz-compressed",
                "hello you",
                "of an")
            .entrySet()) {
      Files.writeString(
          folder.resolve("x"), kind.getKey(), java.nio.charset.StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> Centroids.read(folder.resolve("x")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder.resolve("x") + ": " + kind.getValue());
    }
    write(folder.resolve("x"), "abc");
    assertThatThrownBy(() -> Centroids.read(folder.resolve("x")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("3 bytes (expected: centroids");
  }

  /** As before scikit-learn 0.22 and NumPy 2, and with joblib inside scikit-learn. */
  @Test
  void readsOlderNames() throws IOException {
    String text =
        Files.readString(
            Fixtures.path("kmeans-pickle0.bin"), java.nio.charset.StandardCharsets.ISO_8859_1);
    String older =
        text.replace("csklearn.cluster._kmeans\n", "csklearn.cluster.k_means_\n")
            .replace("numpy._core.multiarray", "numpy.core.multiarray");
    assertThat(older).contains("k_means_").doesNotContain("_core");
    write(folder.resolve("k"), TorchFiles.bytes(older));
    assertThat(Centroids.read(folder.resolve("k")).units()).isEqualTo(4);
  }

  @Test
  void refusesAnotherNumberOfClusters() throws IOException {
    byte[] content = Files.readAllBytes(Fixtures.path("kmeans-pickle4.bin"));
    String text = new String(content, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf("n_clusters") + "n_clusters".length();
    while (content[at] != 'K') {
      at++;
    }
    content[at + 1] = 5;
    write(folder.resolve("k"), content);
    assertThatThrownBy(() -> Centroids.read(folder.resolve("k")))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("k") + ": n_clusters: 5 (expected: 4 centroids)");
  }
}
