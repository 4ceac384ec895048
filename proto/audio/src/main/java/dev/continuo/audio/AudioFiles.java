// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Opens audio by what it holds, whatever it is called: WAV, FLAC or Ogg Opus.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
public final class AudioFiles {
  private static final String KINDS = "WAV, FLAC or Ogg Opus";
  private static final int MAGIC_BYTES = 4;

  private AudioFiles() {}

  /**
   * Opens a file, or a named pipe.
   *
   * @return a source, to be closed by the caller
   * @throws AudioFormatException if it is not audio of a kind read here, or its header is damaged
   * @throws IOException if it is missing, a directory, or cannot be read; the message is one line
   *     with the path
   */
  public static AudioSource open(Path file) throws IOException {
    String name = AudioFormatException.printable(file.toString());
    if (Files.isDirectory(file)) {
      throw new FileSystemException(
          name, null, "is a directory (expected: a file of " + KINDS + ")");
    }
    InputStream in = stream(file, name);
    try {
      return open(in, name);
    } catch (Throwable e) {
      try {
        in.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Opens audio that arrives by a stream, which may be a live one.
   *
   * @param in read from where it stands; closed by the source, or by the caller if this throws
   * @param name what messages call it
   * @return a source, to be closed by the caller
   * @throws AudioFormatException if it is not audio of a kind read here, or its header is damaged
   * @throws IOException if the stream cannot be read
   */
  public static AudioSource open(InputStream in, String name) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in);
    buffered.mark(MAGIC_BYTES);
    byte[] magic = buffered.readNBytes(MAGIC_BYTES);
    buffered.reset();
    if (magic.length == 0) {
      throw new AudioFormatException(name, "is empty", KINDS);
    }
    return switch (new String(magic, StandardCharsets.ISO_8859_1)) {
      case "RIFF" -> WavSource.open(buffered, name);
      case "fLaC" -> FlacSource.open(buffered, name);
      case "OggS" -> OggOpusSource.open(buffered, name);
      case "RF64", "RIFX" ->
          throw new AudioFormatException(
              name,
              "is a WAV of the variant " + new String(magic, StandardCharsets.US_ASCII),
              "RIFF");
      default -> throw new AudioFormatException(name, "is not audio of a known kind", KINDS);
    };
  }

  private static InputStream stream(Path file, String name) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw because(
          e, new NoSuchFileException(name, null, "no such file (expected: " + KINDS + ")"));
    } catch (AccessDeniedException e) {
      throw because(
          e, new AccessDeniedException(name, null, "may not be read (expected: read permission)"));
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? "" : ": " + e.getReason();
      throw because(
          e,
          new FileSystemException(
              name, null, "cannot be opened" + reason + " (expected: a file of " + KINDS + ")"));
    }
  }

  private static IOException because(IOException cause, IOException e) {
    e.initCause(cause);
    return e;
  }
}
