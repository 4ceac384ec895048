// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  private final FakeTicker ticker = new FakeTicker();
  private final Pacer pacer = new Pacer(ticker);
  private final List<String> done = new ArrayList<>();

  private void at(long nanos, String name) {
    pacer.at(nanos, intended -> done.add(name + "@" + intended));
  }

  @Test
  void runsWhatIsDueInTheOrderOfIntendedTimes() {
    at(30, "c");
    at(10, "a");
    at(20, "b");
    ticker.advanceTo(25);
    assertThat(pacer.doWork()).isEqualTo(30);
    assertThat(done).containsExactly("a@10", "b@20");
  }

  @Test
  void tasksOfTheSameTimeRunAsTheyCame() {
    at(5, "a");
    at(5, "b");
    at(5, "c");
    ticker.advanceTo(5);
    pacer.doWork();
    assertThat(done).containsExactly("a@5", "b@5", "c@5");
  }

  @Test
  void aLateTaskIsToldTheTimeItWasMeantFor() {
    at(10, "a");
    ticker.advanceTo(1000);
    pacer.doWork();
    assertThat(done).containsExactly("a@10");
  }

  @Test
  void aTaskMayBringTheNextAndIsNotRunBeforeItsTime() {
    pacer.at(
        10,
        intended -> {
          at(intended + 10, "due");
          at(intended + 100, "later");
        });
    ticker.advanceTo(50);
    assertThat(pacer.doWork()).isEqualTo(110);
    assertThat(done).containsExactly("due@20");
  }

  @Test
  void hasNothingToDoAfterTheLast() {
    assertThat(pacer.doWork()).isEqualTo(Long.MAX_VALUE);
  }
}
