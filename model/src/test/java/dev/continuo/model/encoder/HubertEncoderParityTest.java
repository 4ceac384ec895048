// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** HuBERT against transformers' (tolerances: case.json of each). */
final class HubertEncoderParityTest {
  private static final double CONV_TOLERANCE = 2e-4;
  private static final double HIDDEN_TOLERANCE = 1e-4;
  private static final List<String> CLIPS = List.of("a", "b", "c");

  static List<HubertCase> cases() {
    return List.of(HubertCase.base(), HubertCase.mhubert25Hz(), HubertCase.large());
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  /** Brought to zero mean and unit variance where the case asks for it, as the reference was. */
  private static float[] conv(HubertNetwork network, float[] samples) {
    Audio audio = new Audio();
    audio.add(samples, 0, samples.length);
    HubertShape shape = network.shape();
    AudioMoments moments = new AudioMoments(shape.kernels().get(0), shape.strides().get(0));
    float[][] affine = network.affine(moments.until(audio, audio.end()));
    return network.features(samples, 0, (int) shape.frames(samples.length), affine);
  }

  private static float[] hidden(HubertNetwork network, float[] features, int blocks) {
    TorchModule module = network.module();
    int channels = features.length;
    int width = network.shape().channels().get(0);
    try (Tensor x = module.tensor(features, channels / width, width);
        Tensor embedded = module.call("embed", x);
        Tensor states = module.call("blocks", embedded, blocks)) {
      return states.toFloats();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void convolutionsAreTheReference(HubertCase golden) {
    try (HubertEncoder encoder = golden.load()) {
      for (String clip : CLIPS) {
        float[] expected = golden.expected(clip + ".conv");
        float[] actual = conv(encoder.network(), golden.audio(clip));
        assertThat(actual).hasSameSizeAs(expected);
        Golden.assertClose(actual, expected, CONV_TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyLayersStatesAreTheReference(HubertCase golden) {
    try (HubertEncoder encoder = golden.load()) {
      float[] features = conv(encoder.network(), golden.audio("c"));
      for (int i = 0; i <= golden.layer(); i++) {
        float[] states = hidden(encoder.network(), features, i);
        Golden.assertClose(states, golden.expected("c.hidden" + i), HIDDEN_TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void unitsAreTheReferenceWhereFeaturesAllowNoOther(HubertCase golden) {
    try (HubertEncoder encoder = golden.load()) {
      int width = encoder.network().shape().width();
      for (String clip : CLIPS) {
        float[] samples = golden.audio(clip);
        float[] states =
            hidden(encoder.network(), conv(encoder.network(), samples), golden.layer());
        float[] expected = golden.expected(clip + ".hidden" + golden.layer());
        Golden.assertClose(states, expected, HIDDEN_TOLERANCE);
        HubertCase.Units reference = golden.units(clip);
        int[] units = EncoderStreams.units(encoder, samples, samples.length);
        assertThat(units).hasSameSizeAs(reference.units());
        for (int t = 0; t < units.length; t++) {
          if (reference.flipRadius()[t] > distance(states, expected, t * width, width)) {
            assertThat(units[t]).as(clip + ", frame " + t).isEqualTo(reference.units()[t]);
          }
        }
      }
    }
  }

  private static double distance(float[] a, float[] b, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.pow((double) a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @CsvSource({
    "hubert-base,2,model-legacy,kmeans/kmeans.bin",
    "hubert-25hz,3,model-fairseq,kmeans/kmeans.bin",
    "hubert-large,2,model-fairseq,kmeans/centroids.npy"
  })
  void otherLayoutsGiveTheSameUnits(String name, int layer, String folder, String kmeans) {
    HubertCase golden = new HubertCase(name, layer);
    float[] samples = golden.audio("b");
    try (HubertEncoder encoder = golden.load();
        HubertEncoder other = golden.load(folder, kmeans)) {
      assertThat(EncoderStreams.units(other, samples, 999))
          .isEqualTo(EncoderStreams.units(encoder, samples, samples.length));
    }
  }
}
