// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that appear whole or not at all. */
class AtomicFileTest {
  private static final byte[] TEXT = "new".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path folder;

  @Test
  void appearsOnCommit() throws IOException {
    Path target = folder.resolve("a");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.stream().write(TEXT);
      assertThat(target).doesNotExist();
      file.commit();
      assertThat(target).hasContent("new");
    }
    assertThat(names()).containsExactly("a");
    assertThat(target).hasContent("new");
  }

  @Test
  void hasTheRightsOfAnyNewFile() throws IOException {
    Path target = folder.resolve("a");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.commit();
    }
    Path other = Files.createFile(folder.resolve("b"));
    assertThat(Files.getPosixFilePermissions(target))
        .isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void leavesTheTargetWithoutCommit() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (AtomicFile file = AtomicFile.create(target)) {
      file.stream().write(TEXT);
      file.stream().flush();
      assertThat(names()).hasSize(2);
    }
    assertThat(names()).containsExactly("a");
    assertThat(target).hasContent("old");
  }

  @Test
  void replacesTheTargetAndWhatALinkLeadsTo() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    try (AtomicFile file = AtomicFile.create(link)) {
      file.stream().write(TEXT);
      file.commit();
    }
    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(target).hasContent("new");
    assertThat(names()).containsExactly("a", "link");
  }

  @Test
  void writesStraightToADevice() throws IOException {
    Path device = Path.of("/dev/null");
    try (AtomicFile file = AtomicFile.create(device)) {
      file.stream().write(TEXT);
      file.commit();
    }
    assertThat(Files.isRegularFile(device)).isFalse();
    try (WavWriter writer = WavWriter.create(device, 8000)) {
      writer.commit();
    }
  }

  @Test
  void commitsOnce() throws IOException {
    try (AtomicFile file = AtomicFile.create(folder.resolve("a"))) {
      file.commit();
      assertThatThrownBy(file::commit).isInstanceOf(IllegalStateException.class);
    }
    AtomicFile closed = AtomicFile.create(folder.resolve("b"));
    closed.close();
    closed.close();
    assertThatThrownBy(closed::commit).isInstanceOf(IllegalStateException.class);
    assertThat(names()).containsExactly("a");
  }

  @Test
  void rejectsTargetsThatCannotBeWritten() throws IOException {
    rejects(folder, folder + ": is a directory (expected: a file to write)");
    Path missing = folder.resolve("none");
    rejects(
        missing.resolve("a"), missing.resolve("a") + ": no folder " + missing + " (expected: one)");
    Path file = Files.writeString(folder.resolve("file"), "old");
    rejects(file.resolve("a"), file.resolve("a") + ": " + file + " is a file (expected: a folder)");
    Path longName = folder.resolve("a".repeat(300));
    try (AtomicFile tooLong = AtomicFile.create(longName)) {
      assertThatThrownBy(tooLong::commit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot be written: File name too long");
    }
    assertThat(names()).containsExactly("file");
  }

  @Test
  void rejectsTargetsWithoutWritePermission() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(file), "this user writes files whatever their permissions");
    rejects(file, file + ": may not be written (expected: write permission)");
    Path within = closed.resolve("a");
    rejects(
        within, within + ": folder " + closed + " may not be written (expected: write permission)");
    assertThatThrownBy(() -> AtomicFile.create(within)).isInstanceOf(AccessDeniedException.class);
  }

  @Test
  @Timeout(60)
  void leavesNothingBehindAnInterruptedProcess() throws IOException, InterruptedException {
    Path target = folder.resolve("a");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(java, "-cp", classPath, Waiting.class.getName(), target.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('w');
      assertThat(names()).hasSize(1).first().asString().startsWith(".continuo-");
      process.destroy();
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(names()).isEmpty();
  }

  /** A process that writes and never ends. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      try (AtomicFile file = AtomicFile.create(Path.of(arguments[0]))) {
        file.stream().write(TEXT);
        file.stream().flush();
        System.out.print("w");
        System.out.flush();
        Thread.currentThread().join();
      }
    }
  }

  private static void rejects(Path target, String message) {
    assertThatThrownBy(() -> AtomicFile.create(target))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
