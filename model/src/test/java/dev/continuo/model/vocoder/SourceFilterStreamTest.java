// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any chunking of an utterance gives, to the bit, the samples of the whole; and they are speech.
 */
final class SourceFilterStreamTest {
  private static SourceFilterVocoder vocoder;
  private static int[] utterance; // 20 s

  @BeforeAll
  static void load() {
    vocoder =
        SourceFilterVocoder.load(
            Golden.bundle().vocoder().folder(), ModelOptions.cpu(Precision.FP16));
    int[] units = Golden.ints("vocoder_units");
    utterance = new int[501];
    for (int i = 0; i < utterance.length; i++) {
      utterance[i] = units[i % units.length];
    }
  }

  @AfterAll
  static void close() {
    vocoder.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void anyChunkingGivesTheSameSamplesToTheBit(int seed) {
    float[] whole = VocoderStreams.wave(vocoder, utterance);
    int longest = seed == 1 ? 1 : seed == 2 ? 250 : 30;
    assertThat(VocoderStreams.wave(vocoder, utterance, new Random(seed), longest)).isEqualTo(whole);
  }

  @Test
  void everyLengthGivesItsSamples() {
    for (int n = 0; n < 40; n++) {
      float[] wave = VocoderStreams.wave(vocoder, Arrays.copyOf(utterance, n));
      assertThat(wave).as(n + " units").hasSize(960 * n);
    }
  }

  /** README of the bundle: the first 240 samples of unit u need unit u + 6, all of it u + 7. */
  @Test
  void theFirstGroupGivesTheFirstSamples() {
    try (UnitVocoder.Stream stream = vocoder.open()) {
      assertThat(stream.push(Arrays.copyOf(utterance, 7))).isEmpty();
      float[] first = stream.push(new int[] {utterance[7]});
      assertThat(first).hasSize(240 * 7);
      float[] whole = VocoderStreams.wave(vocoder, utterance);
      assertThat(first).isEqualTo(Arrays.copyOf(whole, first.length));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anyChunkingGivesTheSameDurations(int seed) {
    int[] spoken = Golden.ints("spoken_units");
    assertThat(VocoderStreams.durations(vocoder, spoken, new Random(seed), seed))
        .isEqualTo(VocoderStreams.durations(vocoder, spoken, new Random(0), spoken.length));
    for (int n = 0; n < 5; n++) {
      int[] few = Arrays.copyOf(spoken, n);
      assertThat(VocoderStreams.durations(vocoder, few, new Random(seed), 2)).hasSize(n);
    }
  }

  /** Where chunks of samples meet, the signal moves as it does elsewhere. */
  @Test
  void nothingJumpsWhereChunksMeet() {
    float[] wave = VocoderStreams.wave(vocoder, utterance);
    double[] steps = new double[wave.length - 1];
    for (int i = 0; i < steps.length; i++) {
      assertThat(Float.isFinite(wave[i])).isTrue();
      steps[i] = Math.abs(wave[i + 1] - wave[i]);
    }
    double[] sorted = steps.clone();
    Arrays.sort(sorted);
    double large = sorted[(int) (0.999 * sorted.length)];
    int samplesPerGroup = SourceFilterStream.GROUP * 960;
    int above = 0;
    int borders = 0;
    for (int at = samplesPerGroup - 25 * 240; at < wave.length; at += samplesPerGroup) {
      above += steps[at - 1] > large ? 1 : 0;
      borders++;
    }
    assertThat(borders).isGreaterThan(60);
    assertThat(above).as("borders with a step above the 99.9th percentile").isLessThanOrEqualTo(1);
  }

  @Test
  void unitsOutOfRangeAreRefusedWholly() {
    try (UnitVocoder.Stream stream = vocoder.open()) {
      assertThatThrownBy(() -> stream.push(new int[] {1, 500}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("units[1]: 500 (expected: 0 to 499)");
      assertThat(stream.finish()).isEmpty();
      assertThatThrownBy(() -> stream.push(new int[] {1})).hasMessage("stream is finished");
    }
  }
}
