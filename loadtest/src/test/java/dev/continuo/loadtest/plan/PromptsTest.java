// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.audio.AudioFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptsTest {
  @TempDir Path folder;

  @Test
  void theRecordingsInsideAreCutIntoFramesOfTwentyMilliseconds() {
    Prompts prompts = Prompts.bundled(Codec.PCM16);
    assertThat(prompts.recordings()).hasSize(3);
    assertThat(prompts.frames()).allMatch(frame -> frame.length == 640);
    int next = 0;
    for (Recording recording : prompts.recordings()) {
      assertThat(recording.firstFrame()).isEqualTo(next);
      assertThat(recording.frames()).isBetween(150, 260);
      next += recording.frames();
    }
    assertThat(prompts.frames()).hasSize(next);
  }

  @Test
  void opusFramesAreTheSameSpeechInLessRoom() {
    Prompts opus = Prompts.bundled(Codec.OPUS);
    Prompts pcm = Prompts.bundled(Codec.PCM16);
    assertThat(opus.hash()).isEqualTo(pcm.hash());
    assertThat(opus.recordings()).isEqualTo(pcm.recordings());
    assertThat(opus.frames().stream().mapToInt(f -> f.length).average().orElseThrow())
        .isBetween(20.0, 100.0);
  }

  @Test
  void aFolderIsReadInTheOrderOfItsNames() throws IOException {
    copy("heart-6.wav", "b.wav");
    copy("heart-1.wav", "a.WAV");
    Files.writeString(folder.resolve("notes.txt"), "not audio");
    Prompts prompts = Prompts.ofFolder(folder, Codec.PCM16);
    assertThat(prompts.recordings()).extracting(Recording::name).containsExactly("a.WAV", "b.wav");
  }

  @Test
  void anotherTextHasAnotherHash() throws IOException {
    copy("heart-6.wav", "a.wav");
    assertThat(Prompts.ofFolder(folder, Codec.PCM16).hash())
        .isNotEqualTo(Prompts.bundled(Codec.PCM16).hash());
  }

  @Test
  void aFolderWithoutRecordingsAndABadRecordingAreOneLineEach() throws IOException {
    assertThatThrownBy(() -> Prompts.ofFolder(folder, Codec.PCM16))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("no recording (expected: files .wav, .flac, .ogg or .opus)");
    Files.writeString(folder.resolve("a.wav"), "not audio");
    assertThatThrownBy(() -> Prompts.ofFolder(folder, Codec.PCM16))
        .isInstanceOf(AudioFormatException.class)
        .hasMessageContaining("a.wav");
    assertThatThrownBy(() -> Prompts.ofFolder(folder.resolve("none"), Codec.PCM16))
        .hasMessageContaining("not a folder");
  }

  private void copy(String resource, String name) throws IOException {
    try (InputStream in = Prompts.class.getResourceAsStream(resource)) {
      Files.copy(in, folder.resolve(name));
    }
  }
}
