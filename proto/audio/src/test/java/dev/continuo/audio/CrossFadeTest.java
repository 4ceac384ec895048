// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrossFadeTest {
  private static final int RATE_HZ = 2000;
  private static final int OVERLAP = 20;

  @Test
  void isAsLongAsBothLessTheOverlap() {
    assertThat(join(ones(100), ones(50))).hasSize(130);
  }

  @Test
  void leavesASignalThatGoesOnAsItIs() {
    assertThat(join(ones(100), ones(50))).containsOnly(1f);
  }

  @Test
  void passesFromOneToTheOtherInTenMillis() {
    float[] joined = join(ones(100), new float[50]);
    assertThat(Arrays.copyOf(joined, 80)).containsOnly(1f);
    assertThat(Arrays.copyOfRange(joined, 100, 130)).containsOnly(0f);
    for (int i = 80; i < 100; i++) {
      assertThat(joined[i]).isBetween(0.001f, 0.999f).isLessThan(joined[i - 1]);
    }
    assertThat(joined[89] + joined[90]).isCloseTo(1f, within(1e-6f));
  }

  @Test
  void theShorterOneIsTheOverlap() {
    assertThat(join(ones(5), new float[50])).hasSize(50);
    assertThat(join(ones(50), new float[5])).hasSize(50);
    assertThat(join(ones(50), new float[0])).isEqualTo(ones(50));
    assertThat(join(new float[0], ones(50))).isEqualTo(ones(50));
    assertThat(join(new float[0], new float[0])).isEmpty();
  }

  @Test
  void handsOutTheFirstAtOnceExceptForTheOverlap() {
    CrossFade fade = CrossFade.tenMillis(RATE_HZ);
    assertThat(fade.first(ones(100))).hasSize(100 - OVERLAP);
    assertThat(fade.second(ones(OVERLAP))).hasSize(OVERLAP);
    assertThat(fade.second(ones(3))).hasSize(3);
    assertThat(fade.finish()).isEmpty();
  }

  @Test
  void rejectsTheFirstAfterTheSecond() {
    CrossFade fade = CrossFade.tenMillis(RATE_HZ);
    fade.second(ones(1));
    assertThatThrownBy(() -> fade.first(ones(1))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anyChunkingGivesTheSameSamples() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      float[] first = noise(random, random.nextInt(80));
      float[] second = noise(random, random.nextInt(80));
      CrossFade fade = CrossFade.tenMillis(RATE_HZ);
      float[] out = {};
      for (float[] rest = first; rest.length > 0; ) {
        int length = Math.min(rest.length, random.nextInt(30));
        out = concat(out, fade.first(Arrays.copyOf(rest, length)));
        rest = Arrays.copyOfRange(rest, length, rest.length);
      }
      for (float[] rest = second; rest.length > 0; ) {
        int length = Math.min(rest.length, random.nextInt(30));
        out = concat(out, fade.second(Arrays.copyOf(rest, length)));
        rest = Arrays.copyOfRange(rest, length, rest.length);
      }
      out = concat(out, fade.finish());
      assertThat(out).as("seed %d", seed).isEqualTo(join(first, second));
    }
  }

  private static float[] join(float[] first, float[] second) {
    CrossFade fade = CrossFade.tenMillis(RATE_HZ);
    float[] head = concat(fade.first(first), fade.second(second));
    return concat(head, fade.finish());
  }

  private static float[] ones(int length) {
    float[] samples = new float[length];
    Arrays.fill(samples, 1f);
    return samples;
  }

  private static float[] noise(Random random, int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = random.nextFloat() * 2 - 1;
    }
    return samples;
  }

  private static float[] concat(float[] head, float[] tail) {
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
