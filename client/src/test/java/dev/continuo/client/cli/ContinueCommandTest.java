// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SessionConfig;
import dev.continuo.wire.Reasons;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ContinueCommandTest extends CommandTest {
  @Test
  void writesTheRecordingThenWhatTheServerSaid() throws IOException {
    String in = recording("in.wav", 24_000, 4800);
    Path target = folder.resolve("out.wav");
    assertThat(run("continue", in, "-o", target.toString(), "--server", address)).isZero();
    assertThat(out())
        .isEqualTo(target + ": 0.10 s continued (5 units, seed 77, real-time factor 0.050)\n");
    assertThat(err()).isEqualTo("f: odd\n");
    float[] written = read(target);
    assertThat(written).hasSize(4800 + Speaker.SAMPLES - 240);
    float[] recording = read(Path.of(in));
    assertThat(Arrays.copyOf(written, 4560)).isEqualTo(Arrays.copyOf(recording, 4560));
    assertThat(Arrays.copyOfRange(written, 4800, written.length))
        .isEqualTo(Arrays.copyOfRange(Speaker.samples(), 240, Speaker.SAMPLES));
  }

  @Test
  void asksForWhatTheOptionsSay() throws IOException {
    String in = recording("in.wav", 22_050, 22_050);
    run(
        "continue",
        in,
        "-o",
        folder.resolve("out.wav").toString(),
        "--server=" + address,
        "--bundle=b",
        "--seconds=1.5",
        "--temperature=0.5",
        "--top-k=7",
        "--top-p=0.9",
        "--seed=3");
    SessionConfig config = server.received.get(0).getConfig();
    assertThat(config.getBundle()).isEqualTo("b");
    assertThat(config.getPacing()).isEqualTo(Pacing.PACING_NONE);
    assertThat(config.getMaxContinuationMillis()).isEqualTo(1500);
    assertThat(config.getSampling().getTemperature()).isEqualTo(0.5);
    assertThat(config.getSampling().getTopK()).isEqualTo(7);
    assertThat(config.getSampling().getTopP()).isEqualTo(0.9);
    assertThat(config.getSampling().getSeed()).isEqualTo(3);
    assertThat(config.getInput().getSampleRateHertz()).isEqualTo(22_050);
    assertThat(config.getOutput().getEncoding()).isEqualTo(AudioEncoding.AUDIO_ENCODING_LINEAR16);
    assertThat(sentBytes()).isEqualTo(2 * 22_050);
  }

  @Test
  void leavesToTheServerWhatIsNotSaid() throws IOException {
    String in = recording("in.wav", 16_000, 1600);
    run("continue", in, "-o", folder.resolve("out.wav").toString(), "--server", address);
    SessionConfig config = server.received.get(0).getConfig();
    assertThat(config.hasBundle()).isFalse();
    assertThat(config.getSampling().getAllFields()).isEmpty();
    assertThat(config.getMaxContinuationMillis()).isEqualTo(6000);
  }

  @Test
  void sendsTheFirstSecondsOnlyAndWritesTheContinuationAlone() throws IOException {
    String in = recording("in.wav", 16_000, 16_000);
    Path target = folder.resolve("out.wav");
    run(
        "continue",
        in,
        "-o",
        target.toString(),
        "--server",
        address,
        "--prompt-seconds",
        "0.25",
        "--continuation-only");
    assertThat(sentBytes()).isEqualTo(2 * 4000);
    assertThat(read(target)).isEqualTo(Speaker.samples());
  }

  @Test
  void sendsAtMost48Kilohertz() throws IOException {
    String in = recording("in.wav", 96_000, 96_000);
    run("continue", in, "-o", folder.resolve("out.wav").toString(), "--server", address);
    assertThat(server.received.get(0).getConfig().getInput().getSampleRateHertz())
        .isEqualTo(48_000);
    assertThat(sentBytes()).isEqualTo(2 * 48_000);
  }

  @Test
  void printsTheFieldsOfTheOfflineCommand() throws IOException {
    String in = recording("in.wav", 16_000, 1600);
    Path target = folder.resolve("out.wav");
    run("continue", in, "-o", target.toString(), "--server", address, "--json");
    assertThat(out())
        .isEqualTo(
            "{\"seconds\":0.1,\"prompt_units\":4,\"units\":[0,1,2,3,4],\"durations\":[3,3,3,3,3],"
                + "\"end\":\"seconds\",\"seed\":77,\"rtf\":0.05,"
                + "\"times_ms\":{\"wait\":0.0,\"tokenize\":0.0,\"prefill\":0.0,\"decode\":5.0,"
                + "\"durations\":0.0,\"vocode\":0.0,\"encode\":0.0,\"total\":5.0},"
                + "\"first_audio_ms\":{\"wait\":0.001,\"tokenize\":0.0,\"prefill\":0.0,"
                + "\"decode\":0.002,\"durations\":0.0,\"vocode\":0.003,\"encode\":0.0,"
                + "\"total\":0.006},\"server\":\""
                + address
                + "\",\"session_id\":\"s-1\",\"output\":\""
                + target
                + "\"}\n");
  }

  @Test
  void writesToStandardOutput() throws IOException {
    String in = recording("in.wav", 16_000, 1600);
    assertThat(run("continue", in, "-o", "-", "--server", address, "--continuation-only")).isZero();
    assertThat(out.size()).isEqualTo(44 + 2 * Speaker.SAMPLES);
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    server.close();
    String in = recording("in.wav", 16_000, 1600);
    String target = folder.resolve("out.wav").toString();
    assertThat(run("continue", in, "-o", target, "--server", address)).isEqualTo(4);
    assertThat(err())
        .startsWith("continuo: " + address + ": UNAVAILABLE: ")
        .endsWith(" (check the address, and that a server is running there)\n");
    assertThat(Path.of(target)).doesNotExist();
  }

  @Test
  void leavesNoFileWhereTheServerFails() throws IOException {
    Speaker speaker = new Speaker();
    server.script =
        (call, message) -> {
          if (message.hasCommit()) {
            call.fail(Status.INTERNAL.withDescription("broke"), Reasons.DEFECT);
          } else {
            speaker.accept(call, message);
          }
        };
    String in = recording("in.wav", 16_000, 1600);
    String target = folder.resolve("out.wav").toString();
    assertFails(
        4,
        address + ": INTERNAL DEFECT: broke (the server's log says more)",
        "continue",
        in,
        "-o",
        target,
        "--server",
        address);
    assertThat(Path.of(target)).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(Path.of(in));
    }
  }

  @Test
  void aPromptTheServerRefusesIsBadInput() throws IOException {
    server.script =
        (call, message) ->
            call.fail(Status.INVALID_ARGUMENT.withDescription("short"), Reasons.INVALID_AUDIO);
    String in = recording("in.wav", 16_000, 16);
    assertFails(
        3,
        address + ": INVALID_ARGUMENT INVALID_AUDIO: short",
        "continue",
        in,
        "-o",
        folder.resolve("out.wav").toString(),
        "--server",
        address);
  }

  @Test
  void refusesAServerThatDoesNotBeginWithItsSettings() throws IOException {
    server.script = (call, message) -> call.end();
    String in = recording("in.wav", 16_000, 16);
    assertFails(
        4,
        address + ": its first message is no SessionStarted",
        "continue",
        in,
        "-o",
        folder.resolve("out.wav").toString(),
        "--server",
        address);
  }

  @Test
  void refusesWrongOptionsInOneLine() {
    assertFails(2, "--server: x (expected: HOST:PORT)", args("--server", "x"));
  }

  @Test
  void refusesAPortThatIsNone() {
    assertFails(2, "--server: x:99999 (expected: HOST:PORT)", args("--server", "x:99999"));
  }

  @Test
  void refusesSecondsThatAreNone() {
    assertFails(2, "--seconds: 0.0 (expected: 0.04 or more)", args("--seconds", "0"));
  }

  @Test
  void refusesATemperatureTooHot() {
    assertFails(2, "--temperature: 11.0 (expected: 0 to 10)", args("--temperature", "11"));
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertFails(
        3,
        "no.wav: no such file (expected: WAV, FLAC or Ogg Opus)",
        "continue",
        "no.wav",
        "-o",
        "out.wav",
        "--server",
        address);
  }

  private String[] args(String... more) {
    String[] all = {"continue", recordingThatIs(), "-o", folder.resolve("out.wav").toString()};
    String[] joined = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, joined, all.length, more.length);
    return joined;
  }

  private String recordingThatIs() {
    try {
      return recording("in.wav", 16_000, 1600);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private int sentBytes() {
    return server.received.stream()
        .filter(ClientMessage::hasAudio)
        .mapToInt(m -> m.getAudio().getData().size())
        .sum();
  }
}
