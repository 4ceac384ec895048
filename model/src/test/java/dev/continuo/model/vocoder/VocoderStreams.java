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
    float[] out = new float[0];
    try (UnitVocoder.Stream stream = vocoder.open()) {
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
    try (UnitVocoder.Stream stream = vocoder.open()) {
      return join(stream.push(units), stream.finish());
    }
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
