// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

class PlaybackTest {
  private static final long ENOUGH_MILLIS = 10_000;

  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  @Test
  void playsAllSamplesInOrder() throws InterruptedException {
    try (Playback playback = Playback.start(Recorder::new)) {
      playback.play(new float[] {0, 1});
      playback.play(new float[0]);
      playback.play(new float[] {-1, 2, 0.5f});
      playback.await(ENOUGH_MILLIS);
    }
    assertThat(heard.toByteArray())
        .containsExactly(0, 0, 0xff, 0x7f, 0x01, 0x80, 0xff, 0x7f, 0x00, 0x40, '.');
  }

  @Test
  void isSilentWithoutADevice() throws InterruptedException {
    Playback.Opener none =
        () -> {
          throw new IllegalArgumentException("no line");
        };
    try (Playback playback = Playback.start(none)) {
      playback.play(new float[100]);
      playback.await(ENOUGH_MILLIS);
    }
    assertThat(heard.size()).isZero();
  }

  private final class Recorder implements Playback.Device {
    @Override
    public void play(byte[] pcm16) {
      heard.writeBytes(pcm16);
    }

    @Override
    public void finish() {
      heard.write('.');
    }
  }
}
