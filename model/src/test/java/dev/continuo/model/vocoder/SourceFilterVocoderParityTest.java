// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.torch.TorchModule;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The vocoder against its reference tensors (tolerances: golden/case.json). */
final class SourceFilterVocoderParityTest {
  private static final double TOLERANCE = 1e-3;

  private static SourceFilterVocoder vocoder;
  private static int[] units;

  @BeforeAll
  static void load() {
    vocoder =
        SourceFilterVocoder.load(
            Golden.bundle().vocoder().folder(), ModelOptions.cpu(Precision.F32));
    units = Golden.ints("vocoder_units");
  }

  @AfterAll
  static void close() {
    vocoder.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  /** All units and as many behind them as the blocks look ahead, in one step. */
  private static float[][] heads() {
    VocoderShape shape = vocoder.shape();
    TorchModule module = vocoder.module();
    int delayFrames = shape.unitLayers() * shape.upsampling() + shape.frameLayers();
    int more = delayFrames / shape.upsampling() + 1;
    long[] padded =
        Arrays.copyOf(Arrays.stream(units).asLongStream().toArray(), units.length + more);
    try (Tensor ids = module.tensor(padded, 1, padded.length); // of one stream
        Tensor histories =
            module.zeros(
                1, shape.unitLayers() + shape.frameLayers(), shape.kernel() - 1, shape.width())) {
      Tensor[] heads =
          module.callForList("heads", ids, new long[] {0}, new long[] {units.length}, histories);
      heads[4].close(); // what takes the histories' place
      float[][] out = new float[4][];
      for (int i = 0; i < out.length; i++) {
        try (Tensor head = heads[i]) {
          float[] all = head.toFloats();
          int row = all.length / (padded.length * shape.upsampling());
          int frames = units.length * shape.upsampling();
          out[i] = Arrays.copyOfRange(all, delayFrames * row, (delayFrames + frames) * row);
        }
      }
      return out;
    }
  }

  @Test
  void headsAreTheReference() {
    float[][] heads = heads();
    Golden.assertClose(heads[0], Golden.floats("harmonic"), TOLERANCE);
    Golden.assertClose(heads[1], Golden.floats("noise"), TOLERANCE);
    Golden.assertClose(heads[2], Golden.floats("voicing"), TOLERANCE);
    Golden.assertClose(heads[3], Golden.floats("log_f0"), TOLERANCE);
  }

  @Test
  void pulsesAreTheReference() {
    float[] voicing = Golden.floats("voicing");
    float[] logF0 = Golden.floats("log_f0");
    double[] f0 = new double[voicing.length + 2];
    for (int j = 0; j < voicing.length; j++) {
      f0[j + 1] = voicing[j] > 0 ? (float) Math.exp(logF0[j]) : 0;
    }
    TorchModule module = vocoder.module();
    try (Tensor hz = module.tensor(f0, 1, f0.length); // of one stream
        Tensor cycles = module.tensor(new double[1], 1, 1)) {
      Tensor[] made =
          module.callForList("pulses", hz, new long[] {0}, new long[] {units.length}, 0, cycles);
      try (Tensor pulses = made[0];
          Tensor phase = made[1]) {
        Golden.assertClose(pulses.toFloats(), Golden.floats("pulses"), TOLERANCE);
        assertThat(phase.shape()).containsExactly(1, 1);
      }
    }
  }

  @Test
  void waveIsTheReference() {
    float[] expected = Golden.floats("wave");
    float[] wave = VocoderStreams.wave(vocoder, units);
    assertThat(wave).hasSameSizeAs(expected);
    Golden.assertClose(wave, expected, TOLERANCE);
  }

  @Test
  void durationsAreTheReference() {
    assertThat(VocoderStreams.durations(vocoder, Golden.ints("spoken_units"), new Random(1), 9))
        .isEqualTo(Golden.ints("durations"));
  }

  @Test
  void logDurationsAreTheReference() {
    int[] spoken = Golden.ints("spoken_units");
    long[] padded = new long[spoken.length + 4];
    for (int i = 0; i < spoken.length; i++) {
      padded[i + 2] = spoken[i];
    }
    TorchModule module = vocoder.module();
    try (Tensor ids = module.tensor(padded, padded.length);
        Tensor log = module.call("log_durations", ids, 0, spoken.length)) {
      Golden.assertClose(log.toFloats(), Golden.floats("log_durations"), TOLERANCE);
    }
  }

  /** Prompt to waveform was computed end to end: compared by signal-to-noise ratio. */
  @Test
  void wholeContinuationIsTheReference() {
    int[] spoken = Golden.ints("spoken_units");
    int[] durations = Golden.ints("durations");
    int[] frames = new int[Arrays.stream(durations).sum()];
    int at = 0;
    for (int i = 0; i < spoken.length; i++) {
      Arrays.fill(frames, at, at + durations[i], spoken[i]);
      at += durations[i];
    }
    float[] wave = VocoderStreams.wave(vocoder, frames);
    float[] expected = Golden.wav("continuation");
    assertThat(wave).hasSameSizeAs(expected);
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < wave.length; i++) {
      signal += (double) expected[i] * expected[i];
      noise += Math.pow(wave[i] - expected[i], 2);
    }
    assertThat(10 * Math.log10(signal / noise)).as("SNR in dB").isGreaterThan(50);
  }
}
