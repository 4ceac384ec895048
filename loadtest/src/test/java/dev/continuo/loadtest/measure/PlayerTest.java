// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlayerTest {
  private static final long MS = 1_000_000L;

  private final Player player = new Player(200 * MS);

  private void arrive(long... atAndAudioMillis) {
    for (int i = 0; i < atAndAudioMillis.length; i += 2) {
      player.arrived(atAndAudioMillis[i] * MS, atAndAudioMillis[i + 1] * MS);
    }
  }

  @Test
  void startsWhenItHoldsEnough() {
    arrive(0, 100, 50, 99);
    assertThat(player.startNanos(-1)).isEqualTo(-1);
    arrive(70, 1);
    assertThat(player.startNanos(-1)).isEqualTo(70 * MS);
    assertThat(player.finishNanos(-1)).isEqualTo(270 * MS);
  }

  @Test
  void aLatePieceIsOneUnderrunOfTheMissingTime() {
    arrive(0, 200, 350, 100);
    assertThat(player.underruns()).isEqualTo(1);
    assertThat(player.longestGapNanos()).isEqualTo(150 * MS);
    assertThat(player.finishNanos(-1)).isEqualTo(450 * MS);
  }

  @Test
  void aPieceInTheLastMomentIsNoUnderrun() {
    arrive(0, 200, 200, 100);
    assertThat(player.underruns()).isZero();
  }

  @Test
  void silencesAddUpAndTheLongestIsKept() {
    arrive(0, 200, 300, 50, 400, 50, 451, 50);
    assertThat(player.underruns()).isEqualTo(3);
    assertThat(player.silentNanos()).isEqualTo(151 * MS);
    assertThat(player.longestGapNanos()).isEqualTo(100 * MS);
  }

  @Test
  void whatIsShorterThanTheStartBufferIsPlayedAtTheEnd() {
    arrive(0, 120);
    player.ended(30 * MS);
    assertThat(player.finishNanos(-1)).isEqualTo(150 * MS);
    assertThat(player.underruns()).isZero();
  }

  @Test
  void nothingIsPlayedWhereNothingCame() {
    player.ended(5);
    assertThat(player.finishNanos(-1)).isEqualTo(-1);
  }

  @Test
  void theRequiredBufferIsExactlyEnough() {
    SplittableRandom random = new SplittableRandom(11);
    for (int run = 0; run < 200; run++) {
      long[][] pieces = new long[20][2];
      long at = 0;
      Player any = new Player(0);
      for (long[] piece : pieces) {
        at += random.nextLong(60) * MS;
        piece[0] = at;
        piece[1] = (1 + random.nextLong(50)) * MS;
        any.arrived(piece[0], piece[1]);
      }
      long need = any.requiredBufferNanos();
      assertThat(gapsAfter(pieces, need)).isZero();
      if (need > 0) {
        assertThat(gapsAfter(pieces, need - 1)).isPositive();
      }
    }
  }

  /** Gaps of a player that simply waits so long after the first piece; its own definition. */
  private static int gapsAfter(long[][] pieces, long delayNanos) {
    long dryAt = pieces[0][0] + delayNanos;
    int gaps = 0;
    for (long[] piece : pieces) {
      gaps += piece[0] > dryAt ? 1 : 0;
      dryAt = Math.max(dryAt, piece[0]) + piece[1];
    }
    return gaps;
  }
}
