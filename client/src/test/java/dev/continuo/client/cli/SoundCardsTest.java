// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Holds on machines with and without microphones. */
class SoundCardsTest {
  private final SoundCards cards = new SoundCards();

  @Test
  void namesWhatThereIs() {
    assertThat(cards.names()).doesNotContainNull();
  }

  @Test
  void refusesAMicrophoneThatIsNotThere() {
    assertThatThrownBy(() -> cards.open("no such microphone anywhere", 16_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such microphone: no such microphone anywhere");
  }
}
