// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.bench;

import dev.continuo.model.Outcome;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitVocoder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Several streams of an encoder or a vocoder that advance side by side, as a server's sessions do:
 * in each step everybody's next 320 ms. <i>Immutable.</i>
 */
final class CodecSteps {
  private static final int STEP_MILLIS = 320;

  private CodecSteps() {}

  /** Whole recordings, each of these samples. */
  static void run(SpeechEncoder encoder, float[] samples, int streams, boolean together) {
    int length = STEP_MILLIS * encoder.sampleRateHz() / 1000;
    List<SpeechEncoder.Stream> open =
        IntStream.range(0, streams).mapToObj(i -> encoder.open()).toList();
    for (int at = 0; at < samples.length; at += length) {
      int end = Math.min(samples.length, at + length);
      float[] next = Arrays.copyOfRange(samples, at, end);
      boolean last = end == samples.length;
      List<SpeechEncoder.Step> steps =
          open.stream().map(stream -> new SpeechEncoder.Step(stream, next, last)).toList();
      advance(steps, encoder::step, together);
    }
    open.forEach(SpeechEncoder.Stream::close);
  }

  /** Whole utterances, each of these units. */
  static void run(UnitVocoder vocoder, int[] units, int streams, boolean together) {
    int length = STEP_MILLIS * vocoder.sampleRateHz() / (1000 * vocoder.samplesPerFrame());
    List<UnitVocoder.Stream> open =
        IntStream.range(0, streams).mapToObj(i -> vocoder.open()).toList();
    for (int at = 0; at < units.length; at += length) {
      int end = Math.min(units.length, at + length);
      int[] next = Arrays.copyOfRange(units, at, end);
      boolean last = end == units.length;
      List<UnitVocoder.Step> steps =
          open.stream().map(stream -> new UnitVocoder.Step(stream, next, last)).toList();
      advance(steps, vocoder::step, together);
    }
    open.forEach(UnitVocoder.Stream::close);
  }

  /** One by one, each is a step of its own. */
  private static <S, T> void advance(
      List<S> steps, Function<List<S>, List<Outcome<T>>> network, boolean together) {
    if (together) {
      network.apply(steps).forEach(Outcome::get);
    } else {
      steps.forEach(step -> network.apply(List.of(step)).forEach(Outcome::get));
    }
  }
}
