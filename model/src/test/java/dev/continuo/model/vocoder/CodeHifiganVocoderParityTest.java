// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.InputException;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Rendering;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.ConfigFile;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import dev.continuo.model.torch.TorchRuntime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CodeHiFiGAN against textlesslib's (tolerances: case.json of each). */
final class CodeHifiganVocoderParityTest {
  private static final double TOLERANCE = 1e-4;
  private static final double SNR_DB = 80;

  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  static CodeHifiganVocoder load(String name) {
    return CodeHifiganVocoder.load(
        ConfigFile.read(Golden.path(name + "/model/config.json")),
        Golden.path(name + "/model/generator.safetensors"),
        ModelOptions.cpu(Precision.F32));
  }

  /** Units one a frame, each as often as the reference says. */
  static int[] frames(String name) {
    int[] units = Golden.ints(name + "/inputs/units");
    int[] durations = Golden.ints(name + "/expected/durations");
    int[] frames = new int[Arrays.stream(durations).sum()];
    int at = 0;
    for (int i = 0; i < units.length; i++) {
      Arrays.fill(frames, at, at + durations[i], units[i]);
      at += durations[i];
    }
    return frames;
  }

  @ParameterizedTest
  @CsvSource({
    "vocoder-25hz,wave,0",
    "vocoder-50hz,wave,0",
    "vocoder-multispeaker,wave.speaker0,0",
    "vocoder-multispeaker,wave.speaker3,3"
  })
  void waveIsTheReference(String name, String wave, int speaker) {
    Rendering rendering = new Rendering(speaker, 0, Rendering.EXACT);
    assertReference(name, frames(name), name + "/expected/" + wave, rendering);
  }

  @ParameterizedTest
  @CsvSource({
    "vocoder-25hz,wave_frames",
    "vocoder-50hz,wave_frames",
    "vocoder-multispeaker,wave_frames.speaker0"
  })
  void waveOfUnitsOfOneFrameIsTheReference(String name, String wave) {
    int[] units = Golden.ints(name + "/inputs/units");
    assertReference(name, units, name + "/expected/" + wave, Rendering.first());
  }

  @Test
  void stylesStandBehindSpeakers() {
    int[] units = Golden.ints("vocoder-styles/inputs/units");
    Rendering rendering = new Rendering(2, 1, Rendering.EXACT);
    assertReference(
        "vocoder-styles", units, "vocoder-styles/expected/wave_frames.speaker2", rendering);
  }

  @Test
  void durationsThatNobodyPredictsAreAskedFor() {
    try (CodeHifiganVocoder vocoder = load("vocoder-styles")) {
      assertThat(vocoder.styleCount()).isEqualTo(3);
      assertThatThrownBy(vocoder::openDurations)
          .isInstanceOf(InputException.class)
          .hasMessageEndingWith(": no duration predictor (expected: one, or units with durations)");
    }
  }

  private static void assertReference(String name, int[] frames, String wave, Rendering rendering) {
    try (CodeHifiganVocoder vocoder = load(name)) {
      float[] actual = VocoderStreams.wave(vocoder.open(rendering), frames);
      float[] expected = Golden.floats(wave);
      assertThat(actual).hasSameSizeAs(expected);
      Golden.assertClose(actual, expected, TOLERANCE);
      assertThat(VocoderStreams.snrDb(expected, actual)).isGreaterThan(SNR_DB);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vocoder-25hz", "vocoder-50hz", "vocoder-multispeaker"})
  void durationsAreTheReference(String name) {
    int[] units = Golden.ints(name + "/inputs/units");
    try (UnitVocoder vocoder = load(name)) {
      assertThat(VocoderStreams.durations(vocoder, units, new Random(3), 7))
          .isEqualTo(Golden.ints(name + "/expected/durations"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"vocoder-25hz", "vocoder-50hz", "vocoder-multispeaker"})
  void logDurationsAreTheReference(String name) {
    int[] units = Golden.ints(name + "/inputs/units");
    long[] padded = new long[units.length + 4];
    for (int i = 0; i < units.length; i++) {
      padded[i + 2] = units[i];
    }
    try (CodeHifiganVocoder vocoder = load(name)) {
      TorchModule module = vocoder.module();
      try (Tensor ids = module.tensor(padded, padded.length);
          Tensor log = module.call("log_durations", ids, 0, units.length)) {
        Golden.assertClose(
            log.toFloats(), Golden.floats(name + "/expected/log_durations"), TOLERANCE);
      }
    }
  }
}
