// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.Terminal;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Recordings that are read and written by name, {@code -} being standard input and output.
 *
 * <p><i>Thread-safe: holds no state.</i>
 */
final class Recordings {
  private Recordings() {}

  static boolean piped(Path path) {
    return path.toString().equals("-");
  }

  /** What messages call it. */
  static String name(Path in) {
    return piped(in) ? "standard input" : in.toString();
  }

  static AudioSource open(Path in, Terminal terminal) throws IOException {
    return piped(in) ? AudioFiles.open(terminal.in(), name(in)) : AudioFiles.open(in);
  }

  static WavWriter create(Path out, int rateHz, Terminal terminal) throws IOException {
    return piped(out) ? new WavWriter(terminal.binary(), rateHz) : WavWriter.create(out, rateHz);
  }
}
