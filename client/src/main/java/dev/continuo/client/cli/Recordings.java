// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.StandardStreams;
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

  static AudioSource open(Path in, Terminal terminal) throws IOException {
    return StandardStreams.isOne(in)
        ? AudioFiles.open(terminal.in(), StandardStreams.inputName(in))
        : AudioFiles.open(in);
  }

  static WavWriter create(Path out, int rateHz, Terminal terminal) throws IOException {
    return StandardStreams.isOne(out)
        ? new WavWriter(terminal.binary(), rateHz)
        : WavWriter.create(out, rateHz);
  }
}
