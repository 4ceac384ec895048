// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AudibleDetectorTest {
  private static final int RATE_HZ = 16_000;
  private static final int BLOCK = 160;

  private static float[] sound(int silentBlocks, double decibels) {
    float[] samples = new float[BLOCK * (silentBlocks + 1)];
    float amplitude = (float) Math.pow(10, decibels / 20);
    Arrays.fill(samples, BLOCK * silentBlocks, samples.length, amplitude);
    return samples;
  }

  @Test
  void hearsTenMillisecondsAboveMinusFiftyDecibels() {
    assertThat(new AudibleDetector(RATE_HZ).listen(sound(0, -49.9))).isTrue();
    assertThat(new AudibleDetector(RATE_HZ).listen(sound(0, -50.1))).isFalse();
  }

  @Test
  void hearsNothingInAClickOfLessEnergy() {
    float[] click = new float[BLOCK];
    click[5] = 0.03f;
    assertThat(new AudibleDetector(RATE_HZ).listen(click)).isFalse();
  }

  @Test
  void countsTheSilenceBefore() {
    AudibleDetector detector = new AudibleDetector(RATE_HZ);
    assertThat(detector.listen(sound(3, -20))).isTrue();
    assertThat(detector.silentSamples()).isEqualTo(3L * BLOCK);
  }

  @Test
  void theCutDoesNotMatter() {
    SplittableRandom random = new SplittableRandom(5);
    for (int run = 0; run < 100; run++) {
      float[] whole = sound(random.nextInt(5), -30);
      AudibleDetector detector = new AudibleDetector(RATE_HZ);
      boolean heard = false;
      int at = 0;
      while (at < whole.length) {
        assertThat(heard).isFalse();
        int n = Math.min(whole.length - at, 1 + random.nextInt(200));
        heard = detector.listen(Arrays.copyOfRange(whole, at, at + n));
        at += n;
      }
      assertThat(heard).isTrue();
      assertThat(detector.silentSamples()).isEqualTo(whole.length - (long) BLOCK);
    }
  }
}
