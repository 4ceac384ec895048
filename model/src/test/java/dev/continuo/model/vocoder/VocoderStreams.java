// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.UnitVocoder;
import java.util.Arrays;
import java.util.Random;

/** Runs units through a vocoder in chunks. <i>Thread-safe: stateless.</i> */
final class VocoderStreams {
  private VocoderStreams() {}

  /** Samples of an utterance given in chunks of random lengths, 1 unit to {@code longest}. */
  static float[] wave(UnitVocoder vocoder, int[] units, Random random, int longest) {
    return wave(vocoder.open(), units, random, longest);
  }

  /** The same in a stream, which is closed. */
  static float[] wave(UnitVocoder.Stream opened, int[] units, Random random, int longest) {
    float[] out = new float[0];
    try (UnitVocoder.Stream stream = opened) {
      for (int at = 0; at < units.length; ) {
        int n = Math.min(1 + random.nextInt(longest), units.length - at);
        out = join(out, stream.push(Arrays.copyOfRange(units, at, at + n)));
        at += n;
      }
      return join(out, stream.finish());
    }
  }

  /** Samples of an utterance given whole. */
  static float[] wave(UnitVocoder vocoder, int[] units) {
    return wave(vocoder.open(), units);
  }

  /** The same in a stream, which is closed. */
  static float[] wave(UnitVocoder.Stream opened, int[] units) {
    try (UnitVocoder.Stream stream = opened) {
      return join(stream.push(units), stream.finish());
    }
  }

  /** Signal-to-noise ratio of what should be {@code expected}, in dB. */
  static double snrDb(float[] expected, float[] actual) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < expected.length; i++) {
      signal += (double) expected[i] * expected[i];
      noise += Math.pow((double) actual[i] - expected[i], 2);
    }
    return 10 * Math.log10(signal / noise);
  }

  /** Durations of an utterance given in chunks of random lengths, 1 unit to {@code longest}. */
  static int[] durations(UnitVocoder vocoder, int[] units, Random random, int longest) {
    int[] out = new int[0];
    try (UnitVocoder.Durations stream = vocoder.openDurations()) {
      for (int at = 0; at < units.length; ) {
        int n = Math.min(1 + random.nextInt(longest), units.length - at);
        out = join(out, stream.push(Arrays.copyOfRange(units, at, at + n)));
        at += n;
      }
      return join(out, stream.finish());
    }
  }

  private static float[] join(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
