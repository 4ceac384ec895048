// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.StandardOutput;
import dev.continuo.cli.Terminal;
import dev.continuo.client.FakeServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of commands share: a server that speaks, a machine without devices. */
abstract class CommandTest {
  final FakeServer server = new FakeServer();
  final FakeClock clock = new FakeClock();
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();
  FakeMicrophones microphones = new FakeMicrophones(new byte[0]);
  boolean interactive;
  InputStream keyboard = InputStream.nullInputStream();
  String address;
  @TempDir Path folder;

  @BeforeEach
  void listen() throws IOException {
    server.script = new Speaker();
    address = server.listen();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  int run(String... args) {
    Terminal terminal =
        new Terminal(
            keyboard,
            new StandardOutput(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            interactive);
    return Main.run(new Context(terminal, microphones, clock), folder, args);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** Checks that a command said exactly this line and gave this code. */
  void assertFails(int code, String line, String... args) {
    int actual = run(args);
    assertThat(err()).isEqualTo("continuo: " + line + "\n");
    assertThat(actual).isEqualTo(code);
    assertThat(out()).isEmpty();
  }

  /** Writes a recording of a ramp and gives its path. */
  String recording(String name, int rateHz, int samples) throws IOException {
    Path file = folder.resolve(name);
    try (WavWriter wav = WavWriter.create(file, rateHz)) {
      wav.write(prompt(samples), 0, samples);
      wav.commit();
    }
    return file.toString();
  }

  static float[] prompt(int samples) {
    float[] ramp = new float[samples];
    for (int i = 0; i < samples; i++) {
      ramp[i] = (i % 1000 - 500) / 1000f;
    }
    return ramp;
  }

  static float[] read(Path file) throws IOException {
    try (AudioSource audio = AudioFiles.open(file)) {
      float[] samples = new float[1 << 20];
      int filled = 0;
      for (int n = 0; n >= 0; n = audio.read(samples, filled, samples.length - filled)) {
        filled += n;
      }
      return Arrays.copyOf(samples, filled);
    }
  }
}
