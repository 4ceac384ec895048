// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MicrophonePaceTest {
  private static final long MILLI = 1_000_000;
  private static final long START = 5_000 * MILLI;

  private final MicrophonePace pace = new MicrophonePace(16_100, 16_000, START);

  @Test
  void nothingHasArrivedBeforeTheFirstPacketIsSpoken() {
    assertThat(pace.arrived(START - 1)).isZero();
    assertThat(pace.arrived(START + 20 * MILLI - 1)).isZero();
  }

  @Test
  void packetsArriveEveryTwentyMillis() {
    assertThat(pace.arrived(START + 20 * MILLI)).isEqualTo(320);
    assertThat(pace.arrived(START + 39 * MILLI)).isEqualTo(320);
    assertThat(pace.arrived(START + 40 * MILLI)).isEqualTo(640);
    assertThat(pace.nextNanos(640)).isEqualTo(START + 60 * MILLI);
  }

  @Test
  void theLastPacketArrivesAtTheEndOfTheRecording() {
    long end = START + 1_006_250_000;
    assertThat(pace.endNanos()).isEqualTo(end);
    assertThat(pace.nextNanos(16_000)).isEqualTo(end);
    assertThat(pace.arrived(end - 1)).isEqualTo(16_000);
    assertThat(pace.arrived(end)).isEqualTo(16_100);
  }
}
