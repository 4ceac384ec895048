// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static dev.continuo.audio.WavBytes.file;
import static dev.continuo.audio.WavBytes.pcm16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are there, and those that are not. */
class AudioFilesTest {
  @TempDir private Path folder;

  @Test
  void opensByContentNotByName() throws IOException {
    Path file = Files.write(folder.resolve("a.flac"), file(1, 16000, 1, 16, pcm16(5, 6)));
    try (AudioSource source = AudioFiles.open(file)) {
      assertThat(WavBytes.readAll(source, 9)).containsExactly(5 / 32768f, 6 / 32768f);
    }
  }

  @Test
  void namesTheFileThatIsNotAudio() throws IOException {
    Path file = Files.writeString(folder.resolve("a.wav"), "not audio");
    assertThatThrownBy(() -> AudioFiles.open(file))
        .isInstanceOf(AudioFormatException.class)
        .hasMessage(file + ": is not audio of a known kind (expected: WAV, FLAC or Ogg Opus)");
  }

  @Test
  void rejectsAMissingFile() {
    Path file = folder.resolve("a.wav");
    assertThatThrownBy(() -> AudioFiles.open(file))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(file + ": no such file (expected: WAV, FLAC or Ogg Opus)");
  }

  @Test
  void rejectsADirectory() {
    assertThatThrownBy(() -> AudioFiles.open(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(folder + ": is a directory (expected: a file of WAV, FLAC or Ogg Opus)");
  }

  @Test
  void rejectsAFileWithoutReadPermission() throws IOException {
    Path file = Files.write(folder.resolve("a.wav"), file(1, 16000, 1, 16, pcm16(5)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
    assumeFalse(Files.isReadable(file), "this user reads files whatever their permissions");
    assertThatThrownBy(() -> AudioFiles.open(file))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage(file + ": may not be read (expected: read permission)");
  }

  @Test
  void rejectsWhatCannotBeOpened() throws IOException {
    Path file = folder.resolve("a.wav");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(file));
      assertThatThrownBy(() -> AudioFiles.open(file))
          .isInstanceOf(FileSystemException.class)
          .hasMessageStartingWith(file + ": cannot be opened: ")
          .hasMessageEndingWith(" (expected: a file of WAV, FLAC or Ogg Opus)");
    }
  }
}
