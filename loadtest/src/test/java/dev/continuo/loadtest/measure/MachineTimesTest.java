// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MachineTimesTest {
  @Test
  void tellsStolenFromBusyAndIdle() {
    MachineTimes before = MachineTimes.parse("cpu  100 0 50 800 50 0 0 0 0 0").orElseThrow();
    MachineTimes after = MachineTimes.parse("cpu  130 5 60 830 55 3 2 15 99 0").orElseThrow();
    assertThat(after.stolenSince(before)).isCloseTo(0.15, within(1e-9));
    assertThat(after.busySince(before)).isCloseTo(0.50, within(1e-9));
  }

  @Test
  void noTimeAtAllIsNothingStolen() {
    MachineTimes times = MachineTimes.parse("cpu 1 1 1 1 1 1 1 1").orElseThrow();
    assertThat(times.stolenSince(times)).isZero();
  }

  @Test
  void otherFilesSayNothing() {
    assertThat(MachineTimes.parse("intr 5 6 7")).isEmpty();
    assertThat(MachineTimes.parse("cpu 1 2 3")).isEmpty();
    assertThat(MachineTimes.read(Path.of("no such file"))).isEmpty();
  }
}
