// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.audio.AudioSource;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FilePromptTest {
  private static final int RATE_HZ = 11_025;
  private static final int PACKET = RATE_HZ / Prompt.PACKETS_PER_SECOND;
  private static final long SECOND = 1_000_000_000;

  private final FakeClock clock = new FakeClock();
  private final float[] packet = new float[PACKET];

  @Test
  void givesEachPacketWhenItsLastSampleIsSpoken() throws Exception {
    try (FilePrompt prompt = prompt(RATE_HZ)) {
      long samples = 0;
      long start = 0;
      for (int n = prompt.read(packet); n >= 0; n = prompt.read(packet)) {
        samples += n;
        start = start == 0 ? prompt.spokenNanos() - samples * SECOND / RATE_HZ : start;
        assertThat(prompt.spokenNanos()).isEqualTo(start + samples * SECOND / RATE_HZ);
        assertThat(clock.alarms).last().isEqualTo(prompt.spokenNanos());
      }
      assertThat(samples).isEqualTo(RATE_HZ);
    }
  }

  @Test
  void smallDelaysDoNotAddUp() throws Exception {
    try (FilePrompt prompt = prompt(RATE_HZ)) {
      prompt.read(packet);
      long start = prompt.spokenNanos() - PACKET * SECOND / RATE_HZ;
      for (int i = 2; i < 30; i++) {
        clock.pass(SECOND / 60);
        prompt.read(packet);
        assertThat(prompt.spokenNanos()).isEqualTo(start + (long) i * PACKET * SECOND / RATE_HZ);
      }
    }
  }

  @Test
  void aStallMovesTheRestInsteadOfABurst() throws Exception {
    try (FilePrompt prompt = prompt(RATE_HZ)) {
      prompt.read(packet);
      clock.pass(SECOND);
      prompt.read(packet);
      long late = clock.nanos();
      assertThat(prompt.spokenNanos()).isBetween(late - 100_000, late);
      for (int i = 1; i < 20; i++) {
        prompt.read(packet);
        assertThat(clock.nanos())
            .isBetween(
                late + (long) i * PACKET * SECOND / RATE_HZ - 100_000,
                late + (long) i * PACKET * SECOND / RATE_HZ + 100_000);
      }
    }
  }

  private FilePrompt prompt(int samples) {
    Random random = new Random(1);
    AudioSource audio =
        new AudioSource() {
          private int left = samples;

          @Override
          public int sampleRateHz() {
            return RATE_HZ;
          }

          @Override
          public int read(float[] buffer, int offset, int length) {
            if (left == 0) {
              return -1;
            }
            int n = Math.min(Math.min(left, length), 1 + random.nextInt(400));
            left -= n;
            return n;
          }

          @Override
          public void close() throws IOException {}
        };
    return new FilePrompt("x", audio, clock);
  }
}
