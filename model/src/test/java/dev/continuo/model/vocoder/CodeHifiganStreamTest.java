// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.Rendering;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any chunking of an utterance gives, to the bit, the samples of the whole; with less look-ahead
 * they come sooner and are nearly the same.
 */
final class CodeHifiganStreamTest {
  private static CodeHifiganVocoder vocoder;
  private static int[] utterance;
  private static float[] whole;

  @BeforeAll
  static void load() {
    TorchRuntime.start(BundleStore.home(), 1);
    vocoder = CodeHifiganVocoderParityTest.load("vocoder-25hz");
    utterance = CodeHifiganVocoderParityTest.frames("vocoder-25hz");
    whole = VocoderStreams.wave(vocoder, utterance);
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
  @ValueSource(ints = {1, 2, 3, 4})
  void anyChunkingGivesTheSameSamplesToTheBit(int seed) {
    int longest = seed == 1 ? 1 : 40;
    assertThat(VocoderStreams.wave(vocoder, utterance, new Random(seed), longest)).isEqualTo(whole);
  }

  @Test
  void groupsGiveTheSamplesOfOnePassOverTheUtterance() {
    int all = utterance.length + vocoder.shape().lookAheadFrames();
    float[] once = VocoderStreams.wave(vocoder.open(Rendering.first(), all), utterance);
    assertThat(once).hasSameSizeAs(whole);
    Golden.assertClose(whole, once, 1e-4);
  }

  @Test
  void everyLengthGivesItsSamples() {
    for (int n = 0; n < 34; n++) {
      float[] wave = VocoderStreams.wave(vocoder, Arrays.copyOf(utterance, n));
      assertThat(wave).as(n + " units").hasSize(640 * n);
    }
  }

  /** 20 frames of look-ahead and one of its own make the first samples certain: three groups. */
  @Test
  void samplesAreGivenAsSoonAsTheyAreCertain() {
    assertThat(vocoder.shape().lookAheadFrames()).isEqualTo(20);
    try (UnitVocoder.Stream stream = vocoder.open()) {
      assertThat(stream.push(Arrays.copyOf(utterance, 23))).isEmpty();
      float[] first = stream.push(Arrays.copyOfRange(utterance, 23, 24));
      assertThat(first)
          .hasSize(24 * 640 - vocoder.shape().lagSamples())
          .hasSizeGreaterThan(4 * 640);
      assertThat(first).isEqualTo(Arrays.copyOf(whole, first.length));
    }
  }

  @ParameterizedTest
  @CsvSource({"5,5", "8,20", "12,30", "16,50"})
  void lessLookAheadGivesNearlyTheSameSamplesSooner(int frames, double snrDb) {
    Rendering rendering = new Rendering(0, 0, frames);
    try (UnitVocoder.Stream stream = vocoder.open(rendering)) {
      int given = 0;
      for (int i = 0; i < utterance.length; i++) {
        given += stream.push(new int[] {utterance[i]}).length;
        int known = i + 1 - (i + 1) % CodeHifiganStream.GROUP_FRAMES;
        assertThat(given).as("after " + (i + 1)).isGreaterThanOrEqualTo(640 * (known - frames));
      }
      assertThat(given + stream.finish().length).isEqualTo(whole.length);
    }
    float[] wave = VocoderStreams.wave(vocoder.open(rendering), utterance);
    assertThat(VocoderStreams.wave(vocoder.open(rendering), utterance, new Random(7), 11))
        .isEqualTo(wave);
    assertThat(wave).isNotEqualTo(whole);
    assertThat(VocoderStreams.snrDb(whole, wave)).isGreaterThan(snrDb);
  }

  @Test
  void asMuchLookAheadAsNeededIsExact() {
    Rendering rendering = new Rendering(0, 0, 20);
    assertThat(VocoderStreams.wave(vocoder.open(rendering), utterance)).isEqualTo(whole);
  }

  @Test
  void refusesLessLookAheadThanTheLaterStagesHave() {
    Rendering rendering = new Rendering(0, 0, 4);
    assertThatThrownBy(() -> vocoder.open(rendering))
        .isInstanceOf(InputException.class)
        .hasMessage("look-ahead: 4 frames (expected: 5 to 20, which is exact)");
  }

  @Test
  void refusesVoicesThatItDoesNotHave() {
    assertThatThrownBy(() -> vocoder.open(new Rendering(1, 0, Rendering.EXACT)))
        .isInstanceOf(InputException.class)
        .hasMessage("speaker: 1 (expected: 0, the vocoder has one)");
    try (CodeHifiganVocoder four = CodeHifiganVocoderParityTest.load("vocoder-multispeaker")) {
      assertThat(four.speakerCount()).isEqualTo(4);
      assertThatThrownBy(() -> four.open(new Rendering(4, 0, Rendering.EXACT)))
          .hasMessage("speaker: 4 (expected: 0 to 3)");
      assertThatThrownBy(() -> four.open(new Rendering(0, 1, Rendering.EXACT)))
          .hasMessage("style: 1 (expected: 0, the vocoder has one)");
    }
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
