// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaterfallTest {
  @Test
  void barsFollowOneAnotherAndTheTimesSum() {
    Waterfall waterfall = new Waterfall();
    waterfall.add("wait", 0);
    waterfall.add("tokenize", 12_000_000);
    waterfall.add("decode", 36_000_000);
    assertThat(waterfall.render("first audio"))
        .isEqualTo(
            """
              tokenize        12.0 ms |############
              decode          36.0 ms |            ####################################
              first audio     48.0 ms
            """
                .indent(0));
  }

  @Test
  void aStepTooShortToDrawHasAMark() {
    Waterfall waterfall = new Waterfall();
    waterfall.add("short", 1);
    waterfall.add("long", 1_000_000_000);
    assertThat(waterfall.render("all")).startsWith("  short      0.0 ms |#\n");
  }

  @Test
  void anEmptyOneHasItsTotal() {
    assertThat(new Waterfall().render("all")).isEqualTo("  all      0.0 ms\n");
  }
}
