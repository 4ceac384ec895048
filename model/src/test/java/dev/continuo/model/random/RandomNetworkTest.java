// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.checkpoint.NpyWriter;
import dev.continuo.model.encoder.StreamingEncoder;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchRuntime;
import dev.continuo.model.vocoder.SourceFilterVocoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random networks of the default bundle's kinds run at every unit rate. */
class RandomNetworkTest {
  private static final int UNITS = 50;
  private static final ModelOptions OPTIONS = ModelOptions.cpu(Precision.FP16);

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    TorchRuntime.start(BundleStore.home(), 1);
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    byte[] first = weights("a", 1);
    assertThat(weights("b", 1)).isEqualTo(first);
    assertThat(weights("c", 2)).isNotEqualTo(first);
  }

  private byte[] weights(String name, long seed) throws IOException {
    Encoders.streaming(25, UNITS).write(folder.resolve(name), seed);
    return Files.readAllBytes(folder.resolve(name + "/model.safetensors"));
  }

  private static float[] noise(int samples) {
    Random random = new Random(5);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) (0.1 * random.nextGaussian());
    }
    return noise;
  }

  @ParameterizedTest
  @ValueSource(doubles = {12.5, 25, 50, 100})
  void theStreamingEncoderRunsAtEveryUnitRate(double unitRateHz) throws IOException {
    RandomNetwork network = Encoders.streaming(unitRateHz, UNITS);
    network.write(folder, 3);
    float[] centroids = new RandomBundle(Shape.DEFAULT, 25, UNITS, 0).centroids(256);
    NpyWriter.write(folder.resolve("kmeans.npy"), centroids, UNITS, 256);
    float[] audio = noise(24_000);
    try (SpeechEncoder encoder =
        StreamingEncoder.load(folder, folder.resolve("kmeans.npy"), OPTIONS)) {
      assertThat(encoder.unitRateHz()).isEqualTo(unitRateHz);
      int[] whole = units(encoder, audio, audio.length);
      assertThat((double) whole.length).isBetween(1.5 * unitRateHz - 2, 1.5 * unitRateHz);
      assertThat(Arrays.stream(whole).distinct().count()).isGreaterThan(1);
      assertThat(units(encoder, audio, 313)).isEqualTo(whole);
      for (int length = 8_000; length < 8_000 + 2_560; length += 160) { // wherever a chunk ends
        float[] part = Arrays.copyOf(audio, length);
        int[] expected = units(encoder, part, length);
        assertThat((double) expected.length)
            .isBetween(length / 16_000.0 * unitRateHz - 2, length / 16_000.0 * unitRateHz);
        assertThat(units(encoder, part, 313)).isEqualTo(expected);
      }
    }
  }

  private static int[] units(SpeechEncoder encoder, float[] audio, int piece) {
    try (SpeechEncoder.Stream stream = encoder.open()) {
      IntStream.Builder units = IntStream.builder();
      for (int at = 0; at < audio.length; at += piece) {
        int length = Math.min(piece, audio.length - at);
        Arrays.stream(stream.push(audio, at, length)).forEach(units::add);
      }
      Arrays.stream(stream.finish()).forEach(units::add);
      return units.build().toArray();
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {12.5, 25, 50, 100})
  void theSourceFilterVocoderRunsAtEveryUnitRate(double unitRateHz) throws IOException {
    Vocoders.sourceFilter(unitRateHz, UNITS).write(folder, 3);
    int[] units = IntStream.range(0, 20).map(i -> 7 * i % UNITS).toArray();
    try (UnitVocoder vocoder = SourceFilterVocoder.load(folder, OPTIONS);
        UnitVocoder.Stream stream = vocoder.open()) {
      float[] first = stream.push(units);
      float[] rest = stream.finish();
      assertThat((double) (first.length + rest.length))
          .isEqualTo(20 * vocoder.sampleRateHz() / unitRateHz);
      float loudest = 0;
      for (float sample : rest) {
        assertThat(sample).isFinite();
        loudest = Math.max(loudest, Math.abs(sample));
      }
      assertThat(loudest).isBetween(1e-3f, 4f);
    }
  }
}
