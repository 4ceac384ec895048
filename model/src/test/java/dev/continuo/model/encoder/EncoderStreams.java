// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.SpeechEncoder;
import java.util.Random;
import java.util.stream.IntStream;

/** Runs recordings through an encoder in chunks. <i>Thread-safe: stateless.</i> */
final class EncoderStreams {
  private EncoderStreams() {}

  /** Units of a recording given in chunks of {@code chunk} samples. */
  static int[] units(SpeechEncoder encoder, float[] samples, int chunk) {
    return units(encoder, samples, () -> chunk);
  }

  /** Units of a recording given in chunks of random lengths, 1 sample to {@code longest}. */
  static int[] units(SpeechEncoder encoder, float[] samples, Random random, int longest) {
    // lengths even in the logarithm, so that short and long ones both occur
    return units(
        encoder, samples, () -> (int) Math.exp(random.nextDouble() * Math.log(longest + 0.5)));
  }

  private static int[] units(
      SpeechEncoder encoder, float[] samples, java.util.function.IntSupplier length) {
    IntStream.Builder units = IntStream.builder();
    try (SpeechEncoder.Stream stream = encoder.open()) {
      for (int at = 0; at < samples.length; ) {
        int n = Math.min(Math.max(1, length.getAsInt()), samples.length - at);
        IntStream.of(stream.push(samples, at, n)).forEach(units::add);
        at += n;
      }
      IntStream.of(stream.finish()).forEach(units::add);
    }
    return units.build().toArray();
  }
}
