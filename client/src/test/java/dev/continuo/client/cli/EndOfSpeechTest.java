// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EndOfSpeechTest {
  private static final int RATE_HZ = 16_000;

  @Test
  void silenceAfterSpeechEndsIt() {
    EndOfSpeech end = new EndOfSpeech(0.5, RATE_HZ);
    hear(end, 0.1f, 10);
    hear(end, 0, 24);
    assertThat(end.reached()).isFalse();
    hear(end, 0, 1);
    assertThat(end.reached()).isTrue();
  }

  @Test
  void silenceBeforeSpeechDoesNot() {
    EndOfSpeech end = new EndOfSpeech(0.5, RATE_HZ);
    hear(end, 0, 100);
    hear(end, 0.1f, 9);
    hear(end, 0, 100);
    assertThat(end.reached()).isFalse();
  }

  @Test
  void speechBetweenStartsTheSilenceAnew() {
    EndOfSpeech end = new EndOfSpeech(0.5, RATE_HZ);
    hear(end, 0.1f, 10);
    hear(end, 0, 20);
    hear(end, 0.1f, 1);
    hear(end, 0, 20);
    assertThat(end.reached()).isFalse();
  }

  @Test
  void noiseBelowSpeechIsSilence() {
    EndOfSpeech end = new EndOfSpeech(0.5, RATE_HZ);
    hear(end, 0.006f, 10);
    hear(end, 0.005f, 25);
    assertThat(end.reached()).isTrue();
  }

  @Test
  void noSilenceEndsItWhereNoneIsAskedFor() {
    EndOfSpeech end = new EndOfSpeech(0, RATE_HZ);
    hear(end, 0.1f, 10);
    hear(end, 0, 1000);
    assertThat(end.reached()).isFalse();
  }

  private static void hear(EndOfSpeech end, float level, int packets) {
    float[] packet = new float[RATE_HZ / Prompt.PACKETS_PER_SECOND];
    Arrays.fill(packet, level);
    for (int i = 0; i < packets; i++) {
      end.hear(packet, packet.length);
    }
  }
}
