// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.audio.ContinuedRecording;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.Playback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SoundTest {
  private static final int RATE_HZ = 8000;
  private static final int OVERLAP = 80;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  @Test
  void holdsBackWhatIsSaidDuringThePrompt() throws Exception {
    say(true);
    assertThat(file.size()).isEqualTo(44 + 2 * (800 + 200 - OVERLAP));
    byte[] last = Arrays.copyOfRange(file.toByteArray(), file.size() - 200, file.size());
    assertThat(last).containsOnly(0, 0x40); // 0.5, the second piece said
  }

  @Test
  void playsAllOfItWhereThePromptIsHeard() throws Exception {
    say(true);
    assertThat(heard.size()).isEqualTo(2 * (800 + 200 - OVERLAP));
  }

  @Test
  void playsTheAnswerAloneWhereThePromptComesFromThisRoom() throws Exception {
    say(false);
    assertThat(heard.size()).isEqualTo(2 * 200);
  }

  private void say(boolean promptIsHeard) throws IOException, InterruptedException {
    Playback.Opener opener =
        () ->
            new Playback.Device() {
              @Override
              public void play(byte[] pcm16) {
                heard.writeBytes(pcm16);
              }

              @Override
              public void finish() {}
            };
    ContinuedRecording whole = new ContinuedRecording(RATE_HZ, RATE_HZ, true);
    try (Sound sound =
        new Sound(whole, new WavWriter(file, RATE_HZ), Playback.start(opener), promptIsHeard)) {
      sound.prompt(new float[400], 400);
      sound.said(filled(0.25f));
      sound.prompt(new float[400], 400);
      sound.endOfPrompt();
      sound.said(filled(0.5f));
      sound.finish();
      sound.await(30_000);
    }
  }

  private static float[] filled(float value) {
    float[] samples = new float[100];
    Arrays.fill(samples, value);
    return samples;
  }
}
