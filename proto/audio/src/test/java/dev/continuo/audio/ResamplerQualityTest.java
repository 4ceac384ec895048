// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What passes, what is stopped, and what the signal should have become. */
class ResamplerQualityTest {
  private static final int[][] DOWN = {
    {48000, 16000}, {44100, 16000}, {24000, 16000}, {16000, 8001}, {44101, 16000}, {96000, 8000}
  };
  private static final int[][] UP = {
    {16000, 24000}, {8000, 16000}, {16000, 44100}, {8001, 16000}, {16000, 44101}, {8000, 96000}
  };

  /** A chirp and noise, and what they are at 16 kHz, by formula. */
  @Test
  void comesCloseToTheIdealSignal() throws IOException {
    assertThat(snrDb(8000, 19680)).isGreaterThan(50);
    assertThat(snrDb(44100, 13280)).isGreaterThan(50);
    assertThat(snrDb(48000, 13280)).isGreaterThan(50);
  }

  /** There the chirp is above 8 kHz, and silence is all that may be left. */
  @Test
  void leavesNoAliasOfWhatTheLowerRateCannotHold() throws IOException {
    for (int rateHz : new int[] {44100, 48000}) {
      float[] out = recording(rateHz);
      assertThat(rms(out, 14240, 19520)).as("%d Hz", rateHz).isLessThan(0.0002);
    }
  }

  @Test
  void stopsTonesFromTheLowerNyquistFrequencyOn() {
    for (int[] pair : DOWN) {
      double lower = pair[1] / 2.0;
      double upper = pair[0] / 2.0;
      for (int i = 0; i <= 40; i++) {
        // Denser towards the edge of the band, where the first side lobes are.
        double hz = lower * 1.0005 + (upper - lower) * 0.998 * Math.pow(i / 40.0, 3);
        float[] out = ResamplerTest.resample(tone(hz, pair[0], 0.5), pair[0], pair[1], 5000);
        double db = 20 * Math.log10(rms(out, out.length / 4, out.length * 3 / 4) * Math.sqrt(2));
        assertThat(db).as("%.1f Hz, %d to %d Hz", hz, pair[0], pair[1]).isLessThan(-90);
      }
    }
  }

  /** Gain, delay and images at once: a tone comes out as the same tone at the other rate. */
  @Test
  void passesTonesUnchanged() {
    for (int[][] pairs : new int[][][] {UP, DOWN}) {
      for (int[] pair : pairs) {
        double nyquistHz = Math.min(pair[0], pair[1]) / 2.0;
        for (double part : new double[] {0.001, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.88, 0.9}) {
          double hz = part * nyquistHz;
          float[] out = ResamplerTest.resample(tone(hz, pair[0], 0.5), pair[0], pair[1], 5000);
          float[] ideal = tone(hz, pair[1], 0.5);
          double db = errorDb(out, ideal, out.length / 4, out.length * 3 / 4);
          assertThat(db).as("%.1f Hz, %d to %d Hz", hz, pair[0], pair[1]).isLessThan(-85);
        }
      }
    }
  }

  /** Between pass and stop band the tone fades, but no image may appear above it. */
  @Test
  void leavesNoImagesOfTonesNearTheEdge() {
    for (int[] pair : UP) {
      for (double part : new double[] {0.92, 0.95, 0.98, 0.999}) {
        double hz = part * pair[0] / 2;
        float[] out = ResamplerTest.resample(tone(hz, pair[0], 0.5), pair[0], pair[1], 5000);
        double db = 20 * Math.log10(rms(withoutTone(out, hz, pair[1])) * Math.sqrt(2));
        assertThat(db).as("%.1f Hz, %d to %d Hz", hz, pair[0], pair[1]).isLessThan(-90);
      }
    }
  }

  private static double snrDb(int rateHz, int end) throws IOException {
    return -errorDb(recording(rateHz), ideal(rateHz), 320, end);
  }

  private static float[] recording(int rateHz) throws IOException {
    try (AudioSource source = AudioFiles.open(resource(rateHz + ".wav"), rateHz + ".wav")) {
      float[] in = WavBytes.readAll(source, 4096);
      assertThat(source.sampleRateHz()).isEqualTo(rateHz);
      float[] out = ResamplerTest.resample(in, rateHz, 16000, 320);
      assertThat(out).hasSize(20000);
      return out;
    }
  }

  /** 20,000 little-endian floats behind a NumPy header. */
  private static float[] ideal(int rateHz) throws IOException {
    try (InputStream in = resource(rateHz + ".ideal.npy")) {
      byte[] bytes = in.readAllBytes();
      float[] ideal = new float[20000];
      ByteBuffer.wrap(bytes, bytes.length - 80000, 80000)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(ideal);
      return ideal;
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(
        ResamplerQualityTest.class.getResourceAsStream("resample/" + name), name);
  }

  /** A sine of full scale. */
  private static float[] tone(double hz, int rateHz, double seconds) {
    float[] tone = new float[(int) Math.ceil(rateHz * seconds)];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) Math.sin(2 * Math.PI * hz * i / rateHz);
    }
    return tone;
  }

  /** The middle half less the tone within it, found by correlation under a Hann window. */
  private static float[] withoutTone(float[] signal, double hz, int rateHz) {
    int from = signal.length / 4;
    int length = signal.length / 2;
    double sine = 0;
    double cosine = 0;
    double weights = 0;
    for (int i = 0; i < length; i++) {
      double weight = 1 - Math.cos(2 * Math.PI * i / length);
      double angle = 2 * Math.PI * hz * (from + i) / rateHz;
      sine += weight * signal[from + i] * Math.sin(angle);
      cosine += weight * signal[from + i] * Math.cos(angle);
      weights += weight / 2;
    }
    float[] rest = new float[length];
    for (int i = 0; i < length; i++) {
      double angle = 2 * Math.PI * hz * (from + i) / rateHz;
      rest[i] =
          (float)
              (signal[from + i]
                  - sine / weights * Math.sin(angle)
                  - cosine / weights * Math.cos(angle));
    }
    return rest;
  }

  private static double errorDb(float[] out, float[] ideal, int from, int to) {
    float[] error = new float[to - from];
    for (int i = from; i < to; i++) {
      error[i - from] = out[i] - ideal[i];
    }
    return 20 * Math.log10(rms(error) / rms(ideal, from, to));
  }

  private static double rms(float[] signal) {
    return rms(signal, 0, signal.length);
  }

  private static double rms(float[] signal, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) signal[i] * signal[i];
    }
    return Math.sqrt(sum / (to - from));
  }
}
