// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Outcome;
import dev.continuo.model.Precision;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Utterances that are spoken together sound, to the bit, as each does alone. */
final class VocoderCompanyTest {
  private static final int UTTERANCES = 6;
  private static final int LONGEST_UNITS = 90;

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static SourceFilterVocoder load(Precision precision) {
    return SourceFilterVocoder.load(
        Golden.bundle().vocoder().folder(), ModelOptions.cpu(precision));
  }

  private static int[] utterance(int number) {
    int[] units = Golden.ints("vocoder_units");
    Random random = new Random(number);
    int[] utterance = new int[number == 0 ? 3 : 8 + random.nextInt(LONGEST_UNITS)];
    int shift = random.nextInt(units.length);
    for (int i = 0; i < utterance.length; i++) {
      utterance[i] = units[(i + shift) % units.length];
    }
    return utterance;
  }

  /** An utterance on its way. */
  private static final class Talk {
    final int number;
    final UnitVocoder.Stream stream;
    final int[] units;
    float[] samples = {};
    int at;
    boolean over;

    Talk(SourceFilterVocoder vocoder, int number) {
      this.number = number;
      this.stream = vocoder.open();
      this.units = utterance(number);
    }

    UnitVocoder.Step next(Random random) {
      int from = at;
      at = Math.min(units.length, at + random.nextInt(random.nextInt(10) == 0 ? 40 : 6));
      over = at == units.length && random.nextBoolean();
      return new UnitVocoder.Step(stream, Arrays.copyOfRange(units, from, at), over);
    }

    void take(float[] more) {
      int length = samples.length;
      samples = Arrays.copyOf(samples, length + more.length);
      System.arraycopy(more, 0, samples, length, more.length);
    }
  }

  @ParameterizedTest
  @CsvSource({"F32, 1", "F32, 2", "FP16, 3", "FP16, 4"})
  void whoeverJoinsChangesNoSampleByABit(Precision precision, int seed) {
    Random random = new Random(seed);
    try (SourceFilterVocoder vocoder = load(precision)) {
      List<float[]> alone = new ArrayList<>();
      for (int number = 0; number < UTTERANCES; number++) {
        alone.add(VocoderStreams.wave(vocoder, utterance(number)));
      }
      List<Talk> talks = new ArrayList<>();
      int ended = 0;
      while (ended < 3 * UTTERANCES) {
        if (talks.size() < 2 || (talks.size() < 9 && random.nextInt(3) == 0)) {
          talks.add(new Talk(vocoder, random.nextInt(UTTERANCES)));
        }
        List<Talk> now = talks.stream().filter(talk -> random.nextInt(3) > 0).toList();
        List<UnitVocoder.Step> steps = now.stream().map(talk -> talk.next(random)).toList();
        List<Outcome<float[]>> all = vocoder.step(steps);
        for (int i = 0; i < all.size(); i++) {
          Talk talk = now.get(i);
          talk.take(all.get(i).get());
          if (talk.over) {
            assertThat(talk.samples).isEqualTo(alone.get(talk.number));
            talk.stream.close();
            talks.remove(talk);
            ended++;
          }
        }
      }
      talks.forEach(talk -> talk.stream.close());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"F32", "FP16"})
  void whoFailsDoesSoAlone(Precision precision) {
    try (SourceFilterVocoder vocoder = load(precision)) {
      assertThat(vocoder.mostTogether()).isEqualTo(4);
      int[] units = utterance(1);
      float[] expected = VocoderStreams.wave(vocoder, units);
      try (UnitVocoder.Stream whole = vocoder.open();
          SourceFilterStream broken = (SourceFilterStream) vocoder.open();
          SourceFilterStream odd = (SourceFilterStream) vocoder.open();
          UnitVocoder.Stream over = vocoder.open();
          UnitVocoder.Stream wrong = vocoder.open();
          UnitVocoder.Stream mate = vocoder.open()) {
        over.finish();
        broken.state()[6].close(); // found while the call for all of them is made
        odd.state()[6].close();
        odd.state()[6] = vocoder.module().zeros(3, 7); // found when all else is computed
        List<Outcome<float[]>> all =
            vocoder.step(
                List.of(
                    new UnitVocoder.Step(whole, units, true),
                    new UnitVocoder.Step(broken, units, false),
                    new UnitVocoder.Step(over, units, false),
                    new UnitVocoder.Step(wrong, new int[] {1, 500}, true),
                    new UnitVocoder.Step(mate, new int[0], false)));
        assertThat(all.get(0).get()).isEqualTo(expected);
        assertThatThrownBy(() -> all.get(1).get()).hasMessage("tensor is closed");
        assertThatThrownBy(() -> all.get(2).get()).hasMessage("stream is finished");
        assertThatThrownBy(() -> all.get(3).get()).hasMessageContaining("units[1]: 500");
        assertThat(all.get(4).get()).isEmpty();
        List<Outcome<float[]>> then =
            vocoder.step(
                List.of(
                    new UnitVocoder.Step(whole, units, true),
                    new UnitVocoder.Step(mate, units, true),
                    new UnitVocoder.Step(odd, units, false)));
        assertThatThrownBy(() -> then.get(0).get()).hasMessage("stream is finished");
        assertThat(then.get(1).get()).isEqualTo(expected);
        assertThatThrownBy(() -> then.get(2).get()).hasMessageContaining("TorchScript");
        assertThat(wrong.finish()).isEmpty(); // what was refused has not been taken
      }
    }
  }
}
