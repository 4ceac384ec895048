// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How much comes out, and when. */
class ResamplerTest {
  private static final int[] RATES = {
    8000, 8001, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 44101, 48000, 88200, 95999, 96000
  };

  /** Samples and nothing else: any way to cut the input gives the same bits. */
  @Test
  void givesTheSameSamplesHoweverTheInputIsCut() {
    int[][] pairs = {
      {48000, 16000}, {16000, 24000}, {44100, 16000}, {8001, 16000}, {96000, 8001}, {8000, 96000}
    };
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int[] pair = pairs[seed % pairs.length];
      float[] in = noise(random, 1 + random.nextInt(12000));
      float[] whole = resample(in, pair[0], pair[1], in.length);
      int most = 1 << random.nextInt(14);
      float[] pieces = new float[0];
      Resampler resampler = new Resampler(pair[0], pair[1]);
      for (int at = 0; at < in.length; ) {
        int count = Math.min(random.nextInt(most + 1), in.length - at);
        pieces = joined(pieces, resampler.process(in, at, count));
        at += count;
      }
      pieces = joined(pieces, resampler.finish());
      assertThat(Arrays.equals(pieces, whole)).as("seed %d", seed).isTrue();
    }
  }

  @Test
  void givesTheSameSamplesOneByOne() {
    float[] in = noise(new Random(3), 3000);
    assertThat(resample(in, 44100, 16000, 1)).isEqualTo(resample(in, 44100, 16000, 3000));
  }

  @Test
  void givesTheCeilingOfTheLengthByTheRates() {
    Random random = new Random(5);
    for (int from : RATES) {
      for (int to : RATES) {
        for (int length : new int[] {0, 1, 2, 127, random.nextInt(5000)}) {
          long expected = ((long) length * to + from - 1) / from;
          assertThat(resample(new float[length], from, to, 1000))
              .as("%d samples, %d to %d Hz", length, from, to)
              .hasSize((int) expected);
        }
      }
    }
  }

  @Test
  void givesTheCeilingOfTheLengthByAnyRates() {
    Random random = new Random(6);
    for (int i = 0; i < 60; i++) {
      int from = 8000 + random.nextInt(88001);
      int to = 8000 + random.nextInt(88001);
      int length = random.nextInt(3000);
      assertThat(resample(new float[length], from, to, 1 + random.nextInt(999)))
          .as("%d samples, %d to %d Hz", length, from, to)
          .hasSize((int) (((long) length * to + from - 1) / from));
    }
  }

  @Test
  void trailsTheInputBy64SamplesOfTheLowerRate() {
    Resampler up = new Resampler(16000, 24000);
    assertThat(up.process(new float[64], 0, 64)).isEmpty();
    assertThat(up.process(new float[100], 0, 100)).hasSize(150);
    Resampler down = new Resampler(48000, 16000);
    assertThat(down.process(new float[192], 0, 192)).isEmpty();
    assertThat(down.process(new float[300], 0, 300)).hasSize(100);
  }

  @Test
  void passesEqualRatesThrough() {
    float[] in = noise(new Random(4), 100);
    Resampler resampler = new Resampler(44100, 44100);
    assertThat(resampler.process(in, 10, 80)).isEqualTo(Arrays.copyOfRange(in, 10, 90));
    assertThat(resampler.finish()).isEmpty();
  }

  @Test
  void readsOnlyTheRangeAsked() {
    float[] in = noise(new Random(8), 3000);
    float[] wider = new float[5000];
    Arrays.fill(wider, Float.NaN);
    System.arraycopy(in, 0, wider, 700, 3000);
    Resampler resampler = new Resampler(16000, 24000);
    float[] out = joined(resampler.process(wider, 700, 3000), resampler.finish());
    assertThat(out).isEqualTo(resample(in, 16000, 24000, 3000));
  }

  @Test
  void keepsItsTableBounded() {
    for (int from : RATES) {
      for (int to : RATES) {
        int divisor = BigInteger.valueOf(from).gcd(BigInteger.valueOf(to)).intValue();
        ResamplerTaps taps = ResamplerTaps.of(to / divisor, from / divisor);
        assertThat(taps.tableLength()).as("%d to %d Hz", from, to).isLessThan(150_000);
        assertThat(taps.length() % 8).isZero();
      }
    }
  }

  @Test
  void rejectsRatesOutOfRange() {
    rejects(0, 16000, "fromHz: 0 (expected: 500..96000)");
    rejects(7_000_000, 16000, "fromHz: 7000000 (expected: 500..96000)");
    rejects(16000, 499, "toHz: 499 (expected: 500..96000)");
    rejects(16000, -1, "toHz: -1 (expected: 500..96000)");
  }

  @Test
  void endsOnce() {
    for (int to : new int[] {8000, 16000}) {
      Resampler resampler = new Resampler(8000, to);
      resampler.finish();
      assertThatThrownBy(resampler::finish).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> resampler.process(new float[1], 0, 1))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static void rejects(int from, int to, String message) {
    assertThatThrownBy(() -> new Resampler(from, to))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static float[] noise(Random random, int length) {
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = random.nextFloat() - 0.5f;
    }
    return noise;
  }

  /** Resamples everything, in chunks of {@code chunk} samples. */
  static float[] resample(float[] in, int fromHz, int toHz, int chunk) {
    Resampler resampler = new Resampler(fromHz, toHz);
    float[] out = new float[(int) ((long) in.length * toHz / fromHz) + 1];
    int filled = 0;
    for (int at = 0; at < in.length; at += chunk) {
      float[] some = resampler.process(in, at, Math.min(chunk, in.length - at));
      System.arraycopy(some, 0, out, filled, some.length);
      filled += some.length;
    }
    float[] rest = resampler.finish();
    out = Arrays.copyOf(out, filled + rest.length);
    System.arraycopy(rest, 0, out, filled, rest.length);
    return out;
  }

  private static float[] joined(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
