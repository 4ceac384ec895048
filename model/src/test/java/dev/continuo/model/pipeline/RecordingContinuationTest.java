// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.audio.Resampler;
import dev.continuo.model.InputException;
import dev.continuo.model.Samples;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RecordingContinuationTest {
  private static final int RATE_HZ = 8000;
  private static final int OVERLAP = FakeVocoder.RATE_HZ / 100;

  private final Bench bench = Bench.hashed();
  private float[] written = {};

  @Test
  void writesTheRecordingThenTheContinuation() throws IOException {
    float[] recording = Bench.prompt(1, 3 * RATE_HZ + 17);
    float[] prompt = resampled(recording);
    float[] spoken = session(recording);
    run(recording, Double.POSITIVE_INFINITY, true);
    assertThat(written).hasSize(prompt.length + 2000 - OVERLAP);
    int joint = prompt.length - OVERLAP;
    assertThat(Arrays.copyOf(written, joint)).isEqualTo(Arrays.copyOf(prompt, joint));
    assertThat(Arrays.copyOfRange(written, prompt.length, written.length))
        .isEqualTo(Arrays.copyOfRange(spoken, OVERLAP, spoken.length));
    assertThat(written[joint]).isBetween(prompt[joint] - 0.02f, prompt[joint] + 0.02f);
  }

  @Test
  void writesTheContinuationAlone() throws IOException {
    float[] recording = Bench.prompt(2, 2 * RATE_HZ);
    Continuation result = run(recording, Double.POSITIVE_INFINITY, false);
    assertThat(written).isEqualTo(session(recording));
    assertThat(result.samples()).isEqualTo(written.length);
  }

  @Test
  void cutsThePromptToTheSample() throws IOException {
    float[] recording = Bench.prompt(3, 3 * RATE_HZ);
    float[] cut = Arrays.copyOf(recording, 9876);
    run(recording, 9876.0 / RATE_HZ, true);
    float[] fromLong = written;
    written = new float[0];
    run(cut, Double.POSITIVE_INFINITY, true);
    assertThat(fromLong).isEqualTo(written);
  }

  @Test
  void takesAllOfARecordingShorterThanTheCut() throws IOException {
    float[] recording = Bench.prompt(4, RATE_HZ);
    run(recording, 100, false);
    assertThat(written).isEqualTo(session(recording));
  }

  @Test
  void closesTheSessionWhereTheSourceFails() {
    RecordingContinuation.Source broken =
        new ArraySource(new float[RATE_HZ], new IOException("gone"));
    assertThatThrownBy(
            () -> continuation(9, true).run(bench.networks, broken, s -> {}, bench.ticker))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
    assertThat(bench.ledger.open()).isZero();
  }

  @Test
  void namesTheFileThatIsTooShort() {
    assertThatThrownBy(() -> run(new float[10], Double.POSITIVE_INFINITY, true))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("speech.wav: shorter than one unit, 10 samples at 8000 Hz");
  }

  private Continuation run(float[] recording, double promptSeconds, boolean withPrompt)
      throws IOException {
    Continuation result =
        continuation(promptSeconds, withPrompt)
            .run(
                bench.networks,
                new ArraySource(recording, null),
                samples -> {
                  assertThat(samples).isNotEmpty();
                  written = Samples.concat(written, samples);
                },
                bench.ticker);
    assertThat(bench.ledger.open()).isZero();
    return result;
  }

  private static RecordingContinuation continuation(double promptSeconds, boolean withPrompt) {
    return new RecordingContinuation(1, promptSeconds, withPrompt, Bench.SAMPLING);
  }

  private float[] session(float[] recording) {
    try (ContinuationSession session = bench.open(RATE_HZ, Prompt.UNKNOWN, 1)) {
      return rounded(Bench.run(session, recording));
    }
  }

  private static float[] rounded(float[] samples) {
    float[] rounded = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      rounded[i] = Math.min(32767, Math.round(samples[i] * 32768)) / 32768f;
    }
    return rounded;
  }

  private static float[] resampled(float[] recording) {
    Resampler resampler = new Resampler(RATE_HZ, FakeVocoder.RATE_HZ);
    float[] head = resampler.process(recording, 0, recording.length);
    return Samples.concat(head, resampler.finish());
  }
}
