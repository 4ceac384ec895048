// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.StreamingPolicy.Statistics;
import dev.continuo.model.torch.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the chunking: exactly the offline units in the end, or the same nearly offline ones. */
final class HubertStreamTest {
  private static HubertEncoder base;
  private static HubertEncoder mhubert;
  private static HubertEncoder large;
  private static float[] recording;

  @BeforeAll
  static void load() {
    base = HubertCase.base().load();
    mhubert = HubertCase.mhubert25Hz().load();
    large = HubertCase.large().load();
    recording = HubertCase.base().audio("b");
  }

  @AfterAll
  static void close() {
    base.close();
    mhubert.close();
    large.close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static StreamingPolicy policy(Statistics statistics, Mode mode) {
    return new StreamingPolicy(800, 160, 120, statistics, mode);
  }

  static Stream<StreamingPolicy> policies() {
    return Arrays.stream(Statistics.values())
        .flatMap(s -> Arrays.stream(Mode.values()).map(mode -> policy(s, mode)));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void anyChunkingGivesTheSameUnits(StreamingPolicy policy) {
    for (HubertEncoder encoder : List.of(base, mhubert, large)) {
      int[] whole = EncoderStreams.units(encoder.open(policy), recording, recording.length);
      Random random = new Random(policy.hashCode());
      for (int i = 0; i < 3; i++) {
        assertThat(EncoderStreams.units(encoder.open(policy), recording, random, 9000))
            .isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void exactModeEndsWithTheOfflineUnits(StreamingPolicy policy) {
    for (HubertEncoder encoder : List.of(base, mhubert, large)) {
      int[] offline = EncoderStreams.units(encoder, recording, recording.length);
      int[] streamed = EncoderStreams.units(encoder.open(policy), recording, 320);
      if (policy.mode() == Mode.EXACT) {
        assertThat(streamed).isEqualTo(offline);
      } else {
        assertThat(streamed).hasSameSizeAs(offline);
      }
    }
  }

  @Test
  void unitsAreGivenOnceTheLookAheadHasPassed() {
    StreamingPolicy policy = policy(Statistics.EXACT, Mode.EXACT);
    try (SpeechEncoder.Stream stream = mhubert.open(policy)) {
      // 4 frames of a step and 3 of look-ahead: 7 frames need 6 hops and a receptive field of 720
      int first = 6 * 640 + 720;
      assertThat(stream.push(recording, 0, first - 1)).isEmpty();
      assertThat(stream.push(recording, first - 1, 1)).hasSize(4);
      assertThat(stream.push(recording, first, 4 * 640)).hasSize(4);
    }
  }

  /** The clip is three times louder after 55 %: what came before is normed otherwise in the end. */
  @Test
  void whatTheEndHasOtherwiseIsWithdrawn() {
    try (SpeechEncoder.Stream stream = base.open(policy(Statistics.EXACT, Mode.EXACT))) {
      int[] early = stream.push(recording, 0, recording.length);
      int[] rest = stream.finish();
      int[] offline = EncoderStreams.units(base, recording, recording.length);
      assertThat(stream.withdrawn()).isPositive().isLessThanOrEqualTo(early.length);
      int kept = early.length - stream.withdrawn();
      assertThat(Arrays.copyOf(early, kept)).isEqualTo(Arrays.copyOf(offline, kept));
      assertThat(rest).isEqualTo(Arrays.copyOfRange(offline, kept, offline.length));
      assertThat(kept == early.length || early[kept] != offline[kept]).isTrue();
    }
  }

  /** A classifier's last class stands for the unit before; the first frames take the last one's. */
  @Test
  void framesOfNoUnitOfTheirOwnRepeatTheOneBefore() {
    float[] features = new float[7 * 32];
    HubertNetwork network = base.network();
    assertThat(network.resolved(new int[] {100, 3, 100, 100, 5, 100, 7}, -1))
        .containsExactly(7, 3, 3, 3, 5, 5, 7);
    assertThat(network.resolved(new int[] {100, 3, 100}, 9)).containsExactly(9, 3, 3);
    assertThat(network.resolved(new int[] {100, 100}, -1)).containsExactly(0, 0);
    assertThat(network.units(features, 2, 3, -1)).hasSize(3);
  }

  @Test
  void lowLatencyWithdrawsNothing() {
    try (SpeechEncoder.Stream stream = base.open(policy(Statistics.EXACT, Mode.LOW_LATENCY))) {
      stream.push(recording, 0, recording.length);
      stream.finish();
      assertThat(stream.withdrawn()).isZero();
    }
  }

  /** With all of the recording in the window, and its statistics, nothing can differ. */
  @Test
  void aWindowOverAllOfTheRecordingIsOffline() {
    StreamingPolicy all =
        new StreamingPolicy(60_000, 60_000, 0, Statistics.EXACT, Mode.LOW_LATENCY);
    assertThat(EncoderStreams.units(base.open(all), recording, 1000))
        .isEqualTo(EncoderStreams.units(base, recording, recording.length));
  }

  @Test
  void moreLookAheadAgreesMore() {
    float[] clip = HubertCase.large().audio("b");
    int[] offline = EncoderStreams.units(large, clip, clip.length);
    StreamingPolicy none =
        new StreamingPolicy(2000, 160, 0, Statistics.CALIBRATED, Mode.LOW_LATENCY);
    StreamingPolicy much =
        new StreamingPolicy(2000, 160, 1280, Statistics.CALIBRATED, Mode.LOW_LATENCY);
    int little = agreeing(EncoderStreams.units(large.open(none), clip, 999), offline);
    int more = agreeing(EncoderStreams.units(large.open(much), clip, 999), offline);
    assertThat(more).isGreaterThan(little);
  }

  private static int agreeing(int[] a, int[] b) {
    int same = 0;
    for (int i = 0; i < b.length; i++) {
      same += a[i] == b[i] ? 1 : 0;
    }
    return same;
  }

  /** A minute and more, so that early audio has been dropped. */
  @ParameterizedTest
  @CsvSource({"EXACT", "FROZEN", "CALIBRATED"})
  void longRecordingsGiveAUnitAFrame(Statistics statistics) {
    float[] minute = new float[16_000 * 62];
    for (int i = 0; i < minute.length; i++) {
      minute[i] = recording[i % recording.length];
    }
    StreamingPolicy policy = new StreamingPolicy(400, 2000, 80, statistics, Mode.LOW_LATENCY);
    int[] units = EncoderStreams.units(mhubert.open(policy), minute, 16_000);
    assertThat(units).hasSize((minute.length - 720) / 640 + 1);
  }

  @Test
  void everyLengthGivesItsFrames() {
    for (int n : new int[] {0, 1, 399, 400, 719, 720, 1359, 1360, 30_000}) {
      float[] some = Arrays.copyOf(recording, n);
      for (StreamingPolicy policy : policies().toList()) {
        assertThat(EncoderStreams.units(mhubert.open(policy), some, 500))
            .as(n + " samples")
            .hasSize(n < 720 ? 0 : (n - 720) / 640 + 1);
      }
    }
  }

  @Test
  void aFinishedOrClosedStreamTakesNothing() {
    SpeechEncoder.Stream stream = base.open();
    assertThat(stream.finish()).isEmpty();
    assertThatThrownBy(() -> stream.push(recording, 0, 1)).hasMessage("stream is finished");
    stream.close();
    assertThatThrownBy(stream::finish).hasMessage("stream is closed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400|200|601|look-ahead-ms: 601 (expected: at most the window, 400 + 200 ms)",
        "-1|200|0|left-context-ms: -1 (expected: 0 to 60000)",
        "0|0|0|step-ms: 0 (expected: 1 to 60000)",
        "0|60001|0|step-ms: 60001 (expected: 1 to 60000)",
        "0|200|-1|look-ahead-ms: -1 (expected: 0 to 60000)",
      })
  void policiesThatCannotBeAreRefused(int left, int step, int ahead, String message) {
    assertThatThrownBy(() -> new StreamingPolicy(left, step, ahead, Statistics.EXACT, Mode.EXACT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
