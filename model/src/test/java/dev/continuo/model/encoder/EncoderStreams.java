// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** Runs recordings through an encoder in chunks. <i>Thread-safe: stateless.</i> */
final class EncoderStreams {
  private EncoderStreams() {}

  /** Units of a recording given in chunks of {@code chunk} samples. */
  static int[] units(SpeechEncoder encoder, float[] samples, int chunk) {
    return units(encoder.open(), samples, chunk);
  }

  /** Units of a recording given in chunks of random lengths, 1 sample to {@code longest}. */
  static int[] units(SpeechEncoder encoder, float[] samples, Random random, int longest) {
    return units(encoder.open(), samples, random, longest);
  }

  /** The same in a stream, which is closed; units that the end withdrew are left out. */
  static int[] units(SpeechEncoder.Stream stream, float[] samples, int chunk) {
    return units(stream, samples, () -> Math.max(1, chunk));
  }

  /** The same in a stream, which is closed; units that the end withdrew are left out. */
  static int[] units(SpeechEncoder.Stream stream, float[] samples, Random random, int longest) {
    // lengths even in the logarithm, so that short and long ones both occur
    return units(
        stream, samples, () -> (int) Math.exp(random.nextDouble() * Math.log(longest + 0.5)));
  }

  /** Does a step of one stream, with its features as the result. */
  static float[] features(StreamingEncoder encoder, EncoderTurn turn) {
    EncoderTurn.run(encoder.module(), "features", List.of(turn), true);
    return features(turn);
  }

  /** Features that a step gave. */
  static float[] features(EncoderTurn turn) {
    float[] all = {};
    for (Tensor result : turn.results()) {
      try (result) {
        all = join(all, result.toFloats());
      }
    }
    return all;
  }

  static float[] join(float[] a, float[] b) {
    float[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  private static int[] units(SpeechEncoder.Stream opened, float[] samples, IntSupplier length) {
    IntStream.Builder given = IntStream.builder();
    try (SpeechEncoder.Stream stream = opened) {
      for (int at = 0; at < samples.length; ) {
        int n = Math.min(Math.max(1, length.getAsInt()), samples.length - at);
        IntStream.of(stream.push(samples, at, n)).forEach(given::add);
        at += n;
      }
      int[] early = given.build().toArray();
      int[] last = stream.finish();
      int kept = early.length - stream.withdrawn();
      return IntStream.concat(Arrays.stream(early, 0, kept), Arrays.stream(last)).toArray();
    }
  }
}
