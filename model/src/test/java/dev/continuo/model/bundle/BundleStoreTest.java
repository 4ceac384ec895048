// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bundle;

import static dev.continuo.model.checkpoint.CheckpointFiles.safetensors;
import static dev.continuo.model.checkpoint.CheckpointFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleStoreTest {
  @TempDir Path temp;
  private Path source;
  private Path home;
  private BundleStore store;

  @BeforeEach
  void createStore() {
    source = FakeBundle.in(temp.resolve("source")).folder();
    home = temp.resolve("home");
    store = new BundleStore(home, embedded(source));
  }

  @Test
  void extractsTheDefaultOnce() throws IOException {
    Bundle bundle = store.open("default");
    assertThat(bundle.folder()).isEqualTo(home.resolve("bundles").resolve(bundle.fingerprint()));
    assertThat(BundleVerifier.verify(bundle).ok()).isTrue();
    assertThat(bundle.folder().resolve("MODEL_CARD.md")).hasContent("# fake");
    Path weights = bundle.lm().weights();
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(weights, longAgo);
    store.open("default");
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(longAgo);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void extractsFromAJar() throws IOException {
    Path jar = temp.resolve("b.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry("b/" + source.relativize(file)));
        Files.copy(file, entries);
      }
    }
    EmbeddedBundle embedded =
        new EmbeddedBundle(
            name -> {
              boolean there = Files.exists(source.resolve(name));
              return there ? url("jar:" + jar.toUri() + "!/b/" + name) : null;
            });
    BundleStore jarStore = new BundleStore(home, embedded);
    Path weights = jarStore.open("default").lm().weights();
    assertThat(weights).hasSameBinaryContentAs(source.resolve("lm/model.safetensors"));
    Files.write(weights, new byte[] {1});
    jarStore.open("default");
    assertThat(weights).hasSameBinaryContentAs(source.resolve("lm/model.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"lm/model.safetensors", "encoder/kmeans.npy", "bundle.json", "MODEL_CARD.md"})
  void repairsDamage(String file) throws IOException {
    Path damaged = store.resolve("default").resolve(file);
    byte[] good = Files.readAllBytes(damaged);
    Files.write(damaged, new byte[0]);
    assertThat(store.resolve("default").resolve(file)).hasBinaryContent(good);
    Files.delete(damaged);
    assertThat(store.resolve("default").resolve(file)).hasBinaryContent(good);
    Files.write(damaged, Arrays.copyOf(good, good.length + 1));
    assertThat(store.resolve("default").resolve(file)).hasBinaryContent(good);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void ignoresWhatAKilledExtractionLeft() throws IOException {
    Path bundles = home.resolve("bundles");
    String fingerprint = embedded(source).fingerprint();
    write(bundles.resolve("." + fingerprint + ".partial/lm/model.safetensors"), "half");
    write(bundles.resolve("." + fingerprint + ".damaged/bundle.json"), "old");
    assertThat(BundleVerifier.verify(store.open("default")).ok()).isTrue();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void leavesNothingWhereAResourceIsDamaged() throws IOException {
    write(
        source.resolve("lm/model.safetensors"),
        safetensors(Map.of("lm.weight", new float[] {1, 2, 4})));
    assertThatThrownBy(() -> store.open("default"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("default bundle: lm/model.safetensors: sha256 ")
        .hasMessageContaining("(expected: ");
    Files.delete(source.resolve("lm/model.safetensors"));
    assertThatThrownBy(() -> store.open("default"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("lm/model.safetensors: missing");
    try (Stream<Path> files = Files.list(home.resolve("bundles"))) {
      assertThat(files.map(f -> f.getFileName().toString())).allMatch(n -> n.endsWith(".lock"));
    }
  }

  @Test
  void saysWhereItCannotWrite() {
    Path file = write(temp.resolve("file"), "x");
    assertThatThrownBy(() -> new BundleStore(file, embedded(source)).open("default"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.resolve("bundles").toString())
        .hasMessageContaining("CONTINUO_HOME");
  }

  @Test
  void manyThreadsExtractOnce() throws Exception {
    int threads = 8;
    for (int round = 0; round < 20; round++) {
      BundleStore fresh = new BundleStore(temp.resolve("home" + round), embedded(source));
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Object>> results = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          results.add(
              pool.submit(
                  () -> {
                    start.await();
                    return verifiedFileKey(fresh);
                  }));
        }
        start.countDown();
        Set<Object> keys = new HashSet<>();
        for (Future<Object> result : results) {
          keys.add(result.get(30, TimeUnit.SECONDS));
        }
        assertThat(keys).hasSize(1);
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void manyProcessesExtractOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xshare:auto",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Extract.class.getName(),
                  source.toString(),
                  home.toString())
              .redirectErrorStream(true)
              .redirectOutput(temp.resolve("out" + i).toFile())
              .start());
    }
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < processes.size(); i++) {
      boolean ended = processes.get(i).waitFor(60, TimeUnit.SECONDS);
      processes.get(i).destroyForcibly();
      String output = Files.readString(temp.resolve("out" + i));
      assertThat(ended).as(output).isTrue();
      assertThat(processes.get(i).exitValue()).as(output).isZero();
      keys.addAll(output.lines().filter(line -> line.startsWith("key ")).toList());
    }
    assertThat(keys).hasSize(1);
    assertThat(leftovers()).isEmpty();
  }

  /** Another process that opens the default bundle of a home. */
  static final class Extract {
    private Extract() {}

    public static void main(String[] args) throws IOException {
      BundleStore store = new BundleStore(Path.of(args[1]), embedded(Path.of(args[0])));
      System.out.println("key " + verifiedFileKey(store));
    }
  }

  /** What the file system calls a file of the extraction: another one after another extraction. */
  private static Object verifiedFileKey(BundleStore store) throws IOException {
    Bundle bundle = store.open("default");
    BundleVerifier.verify(bundle).requireOk();
    Path weights = bundle.lm().weights();
    return Files.readAttributes(weights, BasicFileAttributes.class).fileKey();
  }

  @Test
  void foldersWinAndHubIdsAreNotBuiltYet() {
    assertThat(store.resolve(source.toString())).isEqualTo(source);
    refused("org/name", "org/name: no such folder, and download from the Hugging Face hub");
    refused("hf:org/name@main", "hf:org/name@main: download from the Hugging Face hub");
    refused("hf:" + source, "hf:" + source + ": no such folder");
    refused(
        "nonsense", "nonsense: no such folder (expected: default, a bundle folder or org/name)");
    refused("", ": no such folder");
    refused("a\0b", "no such folder");
    refused(temp.toString(), "not a bundle folder");
  }

  @Test
  void homeIsTheVariableOrTheCacheFolder() {
    assertThat(BundleStore.home("/srv/continuo", "/home/u")).isEqualTo(Path.of("/srv/continuo"));
    assertThat(BundleStore.home(null, "/home/u")).isEqualTo(Path.of("/home/u/.cache/continuo"));
    assertThat(BundleStore.home("", "/home/u")).isEqualTo(Path.of("/home/u/.cache/continuo"));
  }

  @Test
  void theEmbeddedBundleIsWhole() {
    Bundle bundle = new BundleStore(home).open("default");
    assertThat(bundle.name()).isEqualTo("starter-en");
    assertThat(bundle.fingerprint()).isEqualTo(BundleStore.defaultFingerprint());
    assertThat(bundle.unitCount()).isEqualTo(500);
    assertThat(bundle.unitRateHz()).isEqualTo(25);
    assertThat(bundle.lmIds().barredIds()).containsExactly(500);
    assertThat(bundle.folder().resolve("MODEL_CARD.md")).isNotEmptyFile();
    BundleVerifier.verify(bundle).requireOk();
    assertThat(BundleInfo.of(bundle).components())
        .extracting(BundleInfo.Component::role)
        .containsExactly("encoder", "lm", "vocoder");
  }

  private void refused(String reference, String expected) {
    assertThatThrownBy(() -> store.open(reference))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(expected);
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("bundles"))) {
      return files
          .filter(f -> f.getFileName().toString().matches(".*\\.(partial|damaged)"))
          .toList();
    }
  }

  private static EmbeddedBundle embedded(Path folder) {
    return new EmbeddedBundle(
        name -> {
          Path file = folder.resolve(name);
          return Files.exists(file) ? url(file.toUri().toString()) : null;
        });
  }

  private static URL url(String text) {
    try {
      return URI.create(text).toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
