// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.continuo.audio.Pcm16;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.ServerMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class TalkCommandTest extends CommandTest {
  private static final long PACKET_NANOS = 20_000_000;

  @Test
  void streamsAFileInRealTimeAndShowsWhereTheTimeWent() throws IOException {
    String in = recording("in.wav", 16_000, 3300);
    Path target = folder.resolve("out.wav");
    assertThat(run("talk", "--file", in, "--server", address, "-o", target.toString())).isZero();
    assertThat(err())
        .isEqualTo(in + ": in real time to fake at " + address + ", seed 77\nf: odd\n");
    assertThat(out())
        .startsWith("from the prompt's end to the first audio:\n")
        .contains("  send ", "  queue ", "  decode ", "  vocode ", "  network ", "  first audio ")
        .doesNotContain("tokenize")
        .endsWith(
            "continued 0.10 s with 5 units, real-time factor 0.050\nprompt and continuation: "
                + target
                + "\n");
    assertThat(clock.alarms).hasSize(11);
    long start = clock.alarms.get(0) - PACKET_NANOS;
    assertThat(clock.alarms.subList(0, 10))
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 10).mapToObj(k -> start + k * PACKET_NANOS).toList());
    assertThat(clock.alarms.get(10)).isEqualTo(start + 206_250_000);
    assertThat(read(target)).hasSize(3300 * 3 / 2 + Speaker.SAMPLES - 240);
    assertThat(server.received.stream().filter(ClientMessage::hasAudio).count()).isEqualTo(11);
  }

  @Test
  void addsTheClientsOwnClockToTheJson() throws IOException {
    String in = recording("in.wav", 16_000, 1600);
    run("talk", "--file", in, "--server", address, "--json");
    JsonNode json = new JsonMapper().readTree(out());
    double afterCommit = json.get("first_audio_after_commit_ms").asDouble();
    assertThat(afterCommit).isBetween(0.001, 0.1);
    assertThat(json.get("first_audio_after_prompt_ms").asDouble()).isBetween(afterCommit, 0.1);
    // how often the clock was looked at until the audio came is for the threads to say
    assertThat(json.get("network_ms").asDouble())
        .isCloseTo(afterCommit - json.get("first_audio_ms").get("total").asDouble(), within(1e-9));
    assertThat(out())
        .contains("\"prompt_seconds\":0.1", "\"units\":[0,1,2,3,4]", "\"output\":null");
  }

  @Test
  void speaksAndHearsOpus() throws IOException {
    String in = recording("in.wav", 22_050, 22_050);
    Path target = folder.resolve("out.wav");
    assertThat(
            run(
                "talk",
                "--file",
                in,
                "--server",
                address,
                "--codec",
                "opus",
                "-o",
                target.toString()))
        .isZero();
    assertThat(server.received.get(0).getConfig().getInput().getEncoding())
        .isEqualTo(AudioEncoding.AUDIO_ENCODING_OPUS);
    assertThat(server.received.get(0).getConfig().getInput().getSampleRateHertz())
        .isEqualTo(24_000);
    float[] written = read(target);
    assertThat(written).hasSize(24_000 + Speaker.SAMPLES - 240);
    float[] said = Arrays.copyOfRange(written, 24_000, written.length);
    float[] meant = Arrays.copyOfRange(Speaker.samples(), 240, Speaker.SAMPLES);
    double error = 0;
    double power = 0;
    for (int i = 0; i < said.length; i++) {
      error += Math.pow(said[i] - meant[i], 2);
      power += Math.pow(meant[i], 2);
    }
    // Opus takes a while to follow a tone; a skip that is wrong by 1 ms gives more than 0.5
    assertThat(error).isLessThan(0.15 * power);
  }

  @Test
  void showsHowMuchWasSentOnATerminal() throws IOException {
    interactive = true;
    String in = recording("in.wav", 16_000, 16_000);
    run("talk", "--file", in, "--server", address);
    assertThat(err()).contains("\r\u001b[Ksent 0.5 s, understood ", " units\r\u001b[K");
  }

  @Test
  void writesAnEchoBehindThePrompt() throws IOException {
    Speaker speaker = new Speaker();
    server.script =
        (call, message) -> {
          if (message.hasAudio()) {
            call.say(
                ServerMessage.newBuilder()
                    .setAudio(AudioOut.newBuilder().setData(message.getAudio().getData())));
          } else if (message.hasCommit()) {
            call.end();
          } else {
            speaker.accept(call, message);
          }
        };
    String in = recording("in.wav", 24_000, 4800);
    Path target = folder.resolve("out.wav");
    run("talk", "--file", in, "--server", address, "-o", target.toString());
    assertThat(out()).contains("continued 0.20 s");
    float[] written = read(target);
    float[] recording = read(Path.of(in));
    assertThat(written).hasSize(9600 - 240);
    assertThat(Arrays.copyOf(written, 4560)).isEqualTo(Arrays.copyOf(recording, 4560));
    assertThat(Arrays.copyOfRange(written, 4800, 9360))
        .isEqualTo(Arrays.copyOfRange(recording, 240, 4800));
  }

  @Test
  void listensToAMicrophoneUntilSilence() {
    microphones = new FakeMicrophones(pcm16(prompt(16_000)), "built-in", "USB headset");
    assertThat(run("talk", "--server", address, "--device", "USB", "--end-silence", "0.5"))
        .isZero();
    assertThat(err())
        .startsWith("USB headset: in real time to fake at " + address + ", seed 77; speak, Enter");
    assertThat(sentSamples()).isEqualTo(16_000 + 8000);
    assertThat(microphones.started).isTrue();
    assertThat(microphones.closed).isTrue();
  }

  @Test
  void enterEndsWhatAMicrophoneHears() {
    microphones = new FakeMicrophones(pcm16(prompt(16_000)), "built-in");
    keyboard = new Keyboard();
    assertThat(run("talk", "--mic", "--server", address, "--end-silence", "0")).isZero();
    assertThat(sentSamples()).isEqualTo(320);
  }

  @Test
  void listsTheMicrophones() {
    microphones = new FakeMicrophones(new byte[0], "built-in", "USB headset");
    assertThat(run("talk", "--list-devices")).isZero();
    assertThat(out()).isEqualTo("built-in\nUSB headset\n");
  }

  @Test
  void saysThatThereIsNoMicrophone() {
    assertFails(
        3,
        "no microphone here (expected: one, or --file for a recording)",
        "talk",
        "--server",
        address);
  }

  @Test
  void namesTheMicrophonesWhereOneIsNotThere() {
    microphones = new FakeMicrophones(new byte[0], "built-in", "USB headset");
    assertFails(2, "--device: x (expected: one of built-in, USB headset)", "talk", "--device", "x");
  }

  @Test
  void refusesAMicrophoneWithAFile() {
    assertFails(
        2, "--mic: given with --file (expected: one of them)", "talk", "--mic", "--file", "x");
  }

  @Test
  void refusesACodecItDoesNotKnow() {
    assertFails(2, "--codec: mp3 (expected: pcm16 or opus)", "talk", "--codec", "mp3");
  }

  private int sentSamples() {
    return server.received.stream()
            .filter(ClientMessage::hasAudio)
            .mapToInt(m -> m.getAudio().getData().size())
            .sum()
        / 2;
  }

  private static byte[] pcm16(float[] samples) {
    byte[] bytes = new byte[2 * samples.length];
    Pcm16.encode(samples, 0, samples.length, bytes, 0);
    return bytes;
  }

  /** Where Enter has been pressed before, and is pressed once more. */
  private static final class Keyboard extends ByteArrayInputStream {
    Keyboard() {
      super(new byte[] {'\n', '\n'});
    }

    @Override
    public synchronized int available() {
      return Math.min(1, super.available());
    }
  }
}
