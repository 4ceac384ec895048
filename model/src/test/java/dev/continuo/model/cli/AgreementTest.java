// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AgreementTest {

  @Test
  void countsEditsPerHundredUnitsAndFramesThatAgree() {
    Agreement agreement = Agreement.of(new int[] {1, 1, 2, 9, 4}, new int[] {1, 1, 2, 3, 4});
    assertThat(agreement.ued()).isEqualTo(25); // one of 1 2 3 4
    assertThat(agreement.frameAgreement()).isCloseTo(0.8, within(1e-12));
  }

  @Test
  void missingFramesDisagree() {
    Agreement agreement = Agreement.of(new int[] {1, 2}, new int[] {1, 2, 3, 4});
    assertThat(agreement.ued()).isEqualTo(50);
    assertThat(agreement.frameAgreement()).isEqualTo(0.5);
  }

  @Test
  void theSameAgree() {
    assertThat(Agreement.of(new int[] {3, 3}, new int[] {3, 3})).isEqualTo(new Agreement(0, 1));
  }

  @Test
  void isTheLevenshteinDistanceOfAnySequences() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      int[] a = units(random);
      int[] b = units(random);
      int edits = edits(a, b, 0, 0);
      assertThat(Agreement.of(a, b).ued())
          .as("seed %s round %s", seed, round)
          .isCloseTo(100.0 * edits / b.length, within(1e-9));
    }
  }

  /** One to six units without repeats. */
  private static int[] units(Random random) {
    int[] units = new int[1 + random.nextInt(6)];
    for (int i = 0; i < units.length; i++) {
      int before = i == 0 ? -1 : units[i - 1];
      do {
        units[i] = random.nextInt(4);
      } while (units[i] == before);
    }
    return units;
  }

  /** By definition, without a table. */
  private static int edits(int[] a, int[] b, int i, int j) {
    if (i == a.length || j == b.length) {
      return a.length - i + b.length - j;
    }
    int substituted = edits(a, b, i + 1, j + 1) + (a[i] == b[j] ? 0 : 1);
    return Math.min(substituted, 1 + Math.min(edits(a, b, i + 1, j), edits(a, b, i, j + 1)));
  }
}
