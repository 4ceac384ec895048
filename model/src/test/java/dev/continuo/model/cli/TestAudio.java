// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.WavWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Recordings that {@link FakeNetworks} turns into known units. <i>Immutable.</i> */
final class TestAudio {
  private TestAudio() {}

  /** A WAV at 16 kHz, one frame a unit: the fake encoder gives these units. */
  static byte[] wav(int... units) {
    float[] samples = new float[units.length * FakeNetworks.FRAME];
    for (int i = 0; i < units.length; i++) {
      int at = i * FakeNetworks.FRAME;
      Arrays.fill(samples, at, at + FakeNetworks.FRAME, units[i] / 10f);
    }
    return wav(16_000, samples);
  }

  /** A WAV of samples, with the sizes a file has. */
  static byte[] wav(int rateHz, float[] samples) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (WavWriter writer = new WavWriter(out, rateHz)) {
      writer.write(samples, 0, samples.length);
      writer.commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] wav = out.toByteArray();
    little(wav, 4, wav.length - 8);
    little(wav, 40, wav.length - 44);
    return wav;
  }

  /** Writes a number of 32 bits, little endian, into a header. */
  static byte[] little(byte[] wav, int at, int value) {
    for (int i = 0; i < 4; i++) {
      wav[at + i] = (byte) (value >> (8 * i));
    }
    return wav;
  }

  /** Writes bytes to a file and returns it. */
  static Path file(Path file, byte[] content) {
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
