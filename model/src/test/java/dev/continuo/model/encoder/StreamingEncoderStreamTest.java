// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any chunking of a recording gives the units, and to the bit the features, of the whole. */
final class StreamingEncoderStreamTest {
  private static StreamingEncoder encoder;
  private static float[] recording; // 21 s: longer than the attention looks back

  @BeforeAll
  static void load() {
    Bundle bundle = Golden.bundle();
    encoder =
        StreamingEncoder.load(
            bundle.encoder().folder(), bundle.quantizerFile(), ModelOptions.cpu(Precision.F32));
    float[] prompt = Golden.wav("prompt");
    recording = new float[16000 * 21 + 123];
    for (int i = 0; i < recording.length; i++) {
      recording[i] = prompt[i % prompt.length] * (0.5f + 0.5f * (i / prompt.length % 3));
    }
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void anyChunkingGivesTheSameFeaturesToTheBit(int seed) {
    float[] whole = features(recording.length, new Random(0));
    float[] cut = features(seed == 1 ? 2560 : 160_000, new Random(seed));
    assertThat(cut).isEqualTo(whole);
  }

  private static float[] features(int longest, Random random) {
    float[] all = {};
    try (StreamingEncoderStream stream = encoder.openStream()) {
      for (int at = 0; at < recording.length; ) {
        int n = longest == recording.length ? longest : 1 + random.nextInt(longest);
        n = Math.min(n, recording.length - at);
        EncoderTurn turn = EncoderTurn.push(stream, recording, at, n);
        all = EncoderStreams.join(all, EncoderStreams.features(encoder, turn));
        at += n;
      }
      EncoderTurn end = EncoderTurn.finish(stream);
      return EncoderStreams.join(all, EncoderStreams.features(encoder, end));
    }
  }

  @Test
  void oneSampleAtATimeGivesTheSameUnits() {
    float[] short4s = Arrays.copyOf(recording, 64_001);
    assertThat(EncoderStreams.units(encoder, short4s, 1))
        .isEqualTo(EncoderStreams.units(encoder, short4s, short4s.length));
  }

  @Test
  void everyLengthGivesTheUnitsWhoseWindowIsAllThere() {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      int n = i < 8 ? new int[] {0, 1, 39, 40, 679, 680, 1319, 1320}[i] : random.nextInt(60_000);
      int[] units = EncoderStreams.units(encoder, Arrays.copyOf(recording, n), random, 160_000);
      assertThat(units).as("units of " + n + " samples").hasSize(Math.max(0, (n - 40) / 640));
    }
  }

  /** A cut of the recording changes no unit whose chunk was complete: the encoder is causal. */
  @Test
  void aUnitOnceGivenStays() {
    int[] whole = EncoderStreams.units(encoder, recording, recording.length);
    try (SpeechEncoder.Stream stream = encoder.open()) {
      int[] early = stream.push(recording, 0, 50_000);
      assertThat(early).isEqualTo(Arrays.copyOf(whole, early.length));
      assertThat(early.length).isEqualTo(19 * 4);
    }
  }

  @Test
  void anglesThatRestartChangeNoUnit() {
    // an hour of silence is quick to skip: the first chunks of the second hour against a fresh
    // start
    int period = 1072 * 21 * 4 * 640;
    float[] silence = new float[160_000];
    int[] late = new int[0];
    try (SpeechEncoder.Stream stream = encoder.open()) {
      for (long at = 0; at < period; at += silence.length) {
        int n = (int) Math.min(silence.length, period - at);
        stream.push(silence, 0, n);
      }
      late = stream.push(recording, 0, recording.length);
    }
    int[] fresh;
    try (SpeechEncoder.Stream stream = encoder.open()) {
      stream.push(silence, 0, 21 * 4 * 640);
      stream.push(silence, 0, 21 * 4 * 640);
      fresh = stream.push(recording, 0, recording.length);
    }
    int same = 0;
    for (int i = 0; i < fresh.length; i++) {
      same += fresh[i] == late[i] ? 1 : 0;
    }
    assertThat(late).hasSameSizeAs(fresh);
    assertThat((double) same / fresh.length).isGreaterThan(0.99);
  }

  @Test
  void aFinishedOrClosedStreamTakesNothing() {
    SpeechEncoder.Stream stream = encoder.open();
    stream.finish();
    assertThatThrownBy(() -> stream.push(recording, 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stream is finished");
    stream.close();
    stream.close();
    assertThatThrownBy(stream::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stream is closed");
  }
}
