// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Outcome;
import dev.continuo.model.Precision;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams that are computed together give, to the bit, what each gives alone. */
final class EncoderCompanyTest {
  private static final int RECORDINGS = 6;
  private static final int LONGEST_SAMPLES = 16_000 * 5; // beyond what the attention looks back

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static StreamingEncoder load(Precision precision) {
    Bundle bundle = Golden.bundle();
    return StreamingEncoder.load(
        bundle.encoder().folder(), bundle.quantizerFile(), ModelOptions.cpu(precision));
  }

  private static float[] recording(int number) {
    float[] prompt = Golden.wav("prompt");
    Random random = new Random(number);
    float[] samples = new float[3_000 + random.nextInt(LONGEST_SAMPLES)];
    int shift = random.nextInt(prompt.length);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = prompt[(i + shift) % prompt.length];
    }
    return samples;
  }

  /** A recording on its way. */
  private static final class Talk {
    final int number;
    final StreamingEncoderStream stream;
    final float[] samples;
    float[] features = {};
    int at;

    Talk(StreamingEncoder encoder, int number) {
      this.number = number;
      this.stream = encoder.openStream();
      this.samples = recording(number);
    }

    EncoderTurn next(Random random) {
      if (at == samples.length) {
        return EncoderTurn.finish(stream);
      }
      int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 60_000 : 6_000);
      int offset = at;
      at = Math.min(samples.length, at + n);
      return EncoderTurn.push(stream, samples, offset, at - offset);
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 1", "F32, 2", "FP16, 3", "FP16, 4"})
  void whoeverJoinsChangesNoFeatureByABit(Precision precision, int seed) {
    Random random = new Random(seed);
    try (StreamingEncoder encoder = load(precision)) {
      List<float[]> alone = new ArrayList<>();
      for (int number = 0; number < RECORDINGS; number++) {
        try (StreamingEncoderStream stream = encoder.openStream()) {
          float[] all = recording(number);
          EncoderTurn whole = EncoderTurn.push(stream, all, 0, all.length);
          float[] features = EncoderStreams.features(encoder, whole);
          EncoderTurn end = EncoderTurn.finish(stream);
          alone.add(EncoderStreams.join(features, EncoderStreams.features(encoder, end)));
        }
      }
      List<Talk> talks = new ArrayList<>();
      int ended = 0;
      int most = 0;
      while (ended < 3 * RECORDINGS) {
        if (talks.size() < 2 || (talks.size() < 9 && random.nextInt(3) == 0)) {
          talks.add(new Talk(encoder, random.nextInt(RECORDINGS)));
        }
        List<Talk> now = talks.stream().filter(t -> random.nextInt(3) > 0).toList();
        most = Math.max(most, now.size());
        List<Talk> over = now.stream().filter(t -> t.at == t.samples.length).toList();
        List<EncoderTurn> turns = now.stream().map(t -> t.next(random)).toList();
        EncoderTurn.run(encoder.module(), "features", turns, true);
        for (int i = 0; i < turns.size(); i++) {
          Talk talk = now.get(i);
          talk.features = EncoderStreams.join(talk.features, EncoderStreams.features(turns.get(i)));
        }
        for (Talk talk : over) {
          assertThat(talk.features).isEqualTo(alone.get(talk.number));
          talk.stream.close();
          talks.remove(talk);
          ended++;
        }
      }
      talks.forEach(t -> t.stream.close());
      assertThat(most).isGreaterThan(3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"F32", "FP16"})
  void whoFailsDoesSoAlone(Precision precision) {
    try (StreamingEncoder encoder = load(precision)) {
      float[] samples = recording(1);
      int[] expected = EncoderStreams.units(encoder, samples, samples.length);
      try (StreamingEncoderStream whole = encoder.openStream();
          StreamingEncoderStream broken = encoder.openStream();
          StreamingEncoderStream over = encoder.openStream();
          StreamingEncoderStream mate = encoder.openStream()) {
        over.finish();
        broken.keys().get(2).close(); // found while the call for all of them is made
        List<Outcome<SpeechEncoder.Units>> first =
            encoder.step(
                List.of(
                    new SpeechEncoder.Step(whole, samples, true),
                    new SpeechEncoder.Step(broken, samples, false),
                    new SpeechEncoder.Step(over, samples, false),
                    new SpeechEncoder.Step(mate, new float[0], false)));
        assertThat(units(first.get(0))).isEqualTo(expected);
        assertThatThrownBy(() -> first.get(1).get()).hasMessage("tensor is closed");
        assertThatThrownBy(() -> first.get(2).get()).hasMessage("stream is finished");
        assertThat(units(first.get(3))).isEmpty();
        List<Outcome<SpeechEncoder.Units>> then =
            encoder.step(
                List.of(
                    new SpeechEncoder.Step(whole, samples, true),
                    new SpeechEncoder.Step(mate, samples, true)));
        assertThatThrownBy(() -> then.get(0).get()).hasMessage("stream is finished");
        assertThat(units(then.get(1))).isEqualTo(expected);
      }
    }
  }

  /** A call may fail when some of its chunks have been written into the mates' caches. */
  @Test
  void whoCannotDoAgainWhatFailedOnItsWayFailsToo() {
    try (StreamingEncoder encoder = load(Precision.FP16)) {
      EncoderShape shape = encoder.shape();
      int chunk = shape.samplesPerChunk();
      float[] samples = Arrays.copyOf(recording(2), 40 * chunk);
      int[] expected = EncoderStreams.units(encoder, samples, samples.length);
      try (StreamingEncoderStream early = encoder.openStream();
          StreamingEncoderStream lateByOne = encoder.openStream();
          StreamingEncoderStream lateByTwo = encoder.openStream();
          StreamingEncoderStream small =
              new StreamingEncoderStream(encoder.module(), seesNoChunkBefore(shape), true)) {
        int[] lateUnits = lateByOne.push(samples, 0, 30 * chunk);
        lateByTwo.push(samples, 0, 30 * chunk);
        List<Outcome<SpeechEncoder.Units>> steps =
            encoder.step(
                List.of(
                    part(early, samples, 0, 4 * chunk),
                    part(lateByOne, samples, 30 * chunk, 31 * chunk),
                    part(lateByTwo, samples, 30 * chunk, 32 * chunk),
                    part(small, samples, 0, 4 * chunk))); // its caches hold one
        assertThatThrownBy(() -> steps.get(2).get()).hasMessageContaining("narrow");
        assertThatThrownBy(() -> steps.get(3).get()).hasMessageContaining("narrow");
        int[] earlyRest = early.push(samples, 4 * chunk, 36 * chunk);
        assertThat(join(join(units(steps.get(0)), earlyRest), early.finish())).isEqualTo(expected);
        int[] lateRest = lateByOne.push(samples, 31 * chunk, 9 * chunk);
        assertThat(join(join(lateUnits, join(units(steps.get(1)), lateRest)), lateByOne.finish()))
            .isEqualTo(expected);
      }
    }
  }

  private static SpeechEncoder.Step part(
      SpeechEncoder.Stream stream, float[] samples, int from, int to) {
    return new SpeechEncoder.Step(stream, Arrays.copyOfRange(samples, from, to), false);
  }

  private static EncoderShape seesNoChunkBefore(EncoderShape s) {
    return new EncoderShape(
        s.sampleRateHz(),
        s.hop(),
        s.window(),
        s.mels(),
        s.width(),
        s.heads(),
        s.inner(),
        s.layers(),
        s.chunkFrames(),
        0,
        s.theta(),
        s.eps());
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"F32", "FP16"})
  void saysThatStepsOfSeveralAreWorthIt(Precision precision) {
    try (StreamingEncoder encoder = load(precision)) {
      assertThat(encoder.mostTogether()).isEqualTo(8);
    }
  }

  /** What {@link SpeechEncoder.Stream#push} and {@code finish} give apart, a step tells apart. */
  @Test
  void theLastUnitsAreToldFromThoseBefore() {
    try (StreamingEncoder encoder = load(Precision.FP16);
        SpeechEncoder.Stream alone = encoder.open();
        SpeechEncoder.Stream one = encoder.open()) {
      float[] samples = Arrays.copyOf(recording(2), 5 * 2_560 + 2_000); // ends within a chunk
      SpeechEncoder.Units expected = new SpeechEncoder.Step(alone, samples, true).alone();
      List<SpeechEncoder.Step> steps = List.of(new SpeechEncoder.Step(one, samples, true));
      SpeechEncoder.Units units = encoder.step(steps).get(0).get();
      assertThat(units.pushed()).isEqualTo(expected.pushed());
      assertThat(units.last()).isEqualTo(expected.last()).isNotEmpty();
    }
  }

  private static int[] units(Outcome<SpeechEncoder.Units> outcome) {
    return join(outcome.get().pushed(), outcome.get().last());
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
