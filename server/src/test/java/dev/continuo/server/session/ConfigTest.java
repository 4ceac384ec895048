// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.OpusSettings;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.TurnDetection;
import dev.continuo.wire.Reasons;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client may ask for. */
class ConfigTest {
  private static SessionConfig.Builder config() {
    return SessionConfig.newBuilder();
  }

  private static AudioFormat.Builder format() {
    return AudioFormat.newBuilder();
  }

  private static SessionConfig.Builder sampling(SamplingSettings.Builder settings) {
    return config().setSampling(settings);
  }

  private static AudioFormat.Builder opus() {
    return format().setEncoding(AudioEncoding.AUDIO_ENCODING_OPUS);
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        of("config.input.encoding", config().setInput(format().setEncodingValue(77))),
        of("config.input.sample_rate_hertz", config().setInput(format().setSampleRateHertz(7_999))),
        of(
            "config.input.sample_rate_hertz",
            config().setInput(format().setSampleRateHertz(48_001))),
        of("config.input.sample_rate_hertz", config().setInput(opus().setSampleRateHertz(44_100))),
        of("config.input.channel_count", config().setInput(format().setChannelCount(3))),
        of("config.input.channel_count", config().setInput(format().setChannelCount(0))),
        of("config.output.channel_count", config().setOutput(format().setChannelCount(2))),
        of("config.output.sample_rate_hertz", config().setOutput(format().setSampleRateHertz(0))),
        of("config.opus", config().setOpus(OpusSettings.getDefaultInstance())),
        of(
            "config.opus.frame_micros",
            config().setOutput(opus()).setOpus(OpusSettings.newBuilder().setFrameMicros(30_000))),
        of(
            "config.opus.bitrate_bps",
            config().setOutput(opus()).setOpus(OpusSettings.newBuilder().setBitrateBps(5_999))),
        of(
            "config.sampling.temperature",
            sampling(SamplingSettings.newBuilder().setTemperature(-1))),
        of(
            "config.sampling.temperature",
            sampling(SamplingSettings.newBuilder().setTemperature(Double.NaN))),
        of("config.sampling.top_k", sampling(SamplingSettings.newBuilder().setTopK(-1))),
        of("config.sampling.top_p", sampling(SamplingSettings.newBuilder().setTopP(0))),
        of("config.max_continuation_millis", config().setMaxContinuationMillis(39)),
        of("config.max_continuation_millis", config().setMaxContinuationMillis(8_001)),
        of("config.first_chunk_millis", config().setFirstChunkMillis(9)),
        of("config.max_chunk_millis", config().setMaxChunkMillis(39)),
        of("config.max_chunk_millis", config().setMaxChunkMillis(2_001)),
        of("config.pacing", config().setPacingValue(9)),
        of("config.playback_lead_millis", config().setPlaybackLeadMillis(99)),
        of(
            "config.playback_lead_millis",
            config().setPacing(Pacing.PACING_NONE).setPlaybackLeadMillis(500)),
        of("config.input_ack_interval_millis", config().setInputAckIntervalMillis(19)),
        of("config.idle_timeout_millis", config().setIdleTimeoutMillis(5_001)),
        of("config.turn_detection", config().setTurnDetectionValue(9)));
  }

  private static Arguments of(String field, SessionConfig.Builder config) {
    return Arguments.of(field, config);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void namesTheSettingThatIsOutsideItsRange(String field, SessionConfig.Builder config) {
    Desk desk = Desk.listening(config);
    assertThat(desk.client.reason()).isEqualTo(Reasons.INVALID_SETTING);
    assertThat(desk.client.failed().field()).contains(field);
    assertThat(desk.client.failed().line()).startsWith(field + ": ").contains("(expected: ");
    assertThat(desk.voice.request).isNull();
  }

  @Test
  void saysWhichFeatureIsNotBuilt() {
    assertThat(notBuilt(config().setTurnDetection(TurnDetection.TURN_DETECTION_SERVER_VAD)))
        .isEqualTo("config.turn_detection");
    assertThat(notBuilt(config().setResumptionHandle("h"))).isEqualTo("config.resumption_handle");
    assertThat(notBuilt(config().addHistoryUnits(1))).isEqualTo("config.history_units");
  }

  private static String notBuilt(SessionConfig.Builder config) {
    Desk desk = Desk.listening(config);
    assertThat(desk.client.reason()).isEqualTo(Reasons.NOT_BUILT);
    return desk.client.failed().field().orElseThrow();
  }

  @Test
  void knowsItsBundlesByName() {
    assertThat(Desk.listening(config().setBundle("fake")).client.failure).isNull();
    Desk desk = Desk.listening(config().setBundle("other"));
    assertThat(desk.client.reason()).isEqualTo(Reasons.UNKNOWN_BUNDLE);
  }

  @Test
  void tellsWhyThereIsNoRoom() {
    Desk desk = new Desk(new Seats(0));
    desk.say(dev.continuo.v1.ClientMessage.newBuilder().setConfig(config()));
    assertThat(desk.client.reason()).isEqualTo(Reasons.TOO_MANY_SESSIONS);
  }

  @Test
  void takesTheEdgesOfEveryRange() {
    Desk desk =
        Desk.listening(
            config()
                .setInput(format().setSampleRateHertz(48_000).setChannelCount(2))
                .setOutput(format().setSampleRateHertz(8_000))
                .setSampling(SamplingSettings.newBuilder().setTemperature(0).setTopK(0).setSeed(-5))
                .setMaxContinuationMillis(8_000)
                .setFirstChunkMillis(1_000)
                .setPlaybackLeadMillis(30_000)
                .setMaxChunkMillis(2_000));
    assertThat(desk.client.failure).isNull();
    assertThat(desk.client.sent.get(0).getStarted().getSampling().getSeed()).isEqualTo(-5);
    assertThat(desk.client.sent.get(0).getStarted().getMaxChunkMillis()).isEqualTo(2_000);
  }

  @Test
  void keepsPiecesWithinHalfTheLead() {
    Desk desk = Desk.listening(config().setPlaybackLeadMillis(100));
    assertThat(desk.client.sent.get(0).getStarted().getMaxChunkMillis()).isEqualTo(50);
  }
}
