// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.continuo.audio.Pcm16;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.cli.BundleNetworks;
import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Prompt;
import dev.continuo.model.pipeline.RecordingContinuation;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.GenerateRequest;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.ScoreRequest;
import dev.continuo.v1.SequenceScore;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SpeechContinuationGrpc;
import dev.continuo.v1.Stages;
import dev.continuo.v1.TurnEvent;
import dev.continuo.v1.UnitSequence;
import dev.continuo.v1.VocodeRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real networks behind real Netty: what the offline command makes, over the wire. */
@SuppressWarnings("NullAway.Init") // set before all tests
class DefaultBundleIT {
  private static final int WAV_HEADER_BYTES = 44;
  private static final int RATE_HZ = 16_000;
  private static final int SECONDS = 2;
  private static final int SEATS = 8;

  private static final Engine ENGINE = new Engine();
  private static final Seats SEATED = new Seats(SEATS);
  private static Networks networks;
  private static UnitLanguageModel.Rows rows;
  private static Loopback loopback;
  private static ManagedChannel channel;
  private static byte[] prompt;

  @BeforeAll
  static void start() throws Exception {
    BundleNetworks source = new BundleNetworks(BundleStore.home());
    Bundle bundle = source.bundle(BundleStore.DEFAULT, BundleOverrides.none());
    ModelOptions options = ModelOptions.cpu(Precision.FP16);
    networks =
        new Networks(
            source.encoder(bundle, options),
            source.languageModel(bundle, options),
            source.vocoder(bundle, options));
    BundleInfo info =
        BundleInfo.newBuilder()
            .setName("starter")
            .setUnitRateHertz(networks.encoder().unitRateHz())
            .setUnitCount(networks.encoder().unitCount())
            .setOutputSampleRateHertz(networks.vocoder().sampleRateHz())
            .build();
    ServerLimits limits = ServerLimits.defaults(SEATS);
    rows = networks.languageModel().allocate(SEATS, ModelBundle.positions(networks, limits));
    ModelBundle voices = new ModelBundle(info, networks, rows, ENGINE, SEATED, Ticker.system());
    ENGINE.start(true);
    voices.warmUp();
    loopback = Loopback.start(new Bundles(List.of(voices)), limits, SEATED);
    channel = loopback.channel();
    try (InputStream wav =
        DefaultBundleIT.class.getResourceAsStream("/dev/continuo/server/prompt.wav")) {
      byte[] all = wav.readAllBytes();
      prompt = Arrays.copyOfRange(all, WAV_HEADER_BYTES, all.length);
    }
  }

  @AfterAll
  static void stop() {
    loopback.close();
    ENGINE.close();
    rows.close();
    networks.vocoder().close();
    networks.languageModel().close();
    networks.encoder().close();
  }

  /** What {@code continue --continuation-only} writes, and what it reports. */
  private static Continuation offline(long seed, ByteArrayOutputStream pcm) throws IOException {
    float[] samples = new float[prompt.length / 2];
    Pcm16.decode(prompt, 0, samples.length, samples, 0);
    return new RecordingContinuation(SECONDS, Double.MAX_VALUE, false, Sampling.defaults(seed))
        .run(
            networks,
            new Samples(samples),
            said -> {
              byte[] bytes = new byte[2 * said.length];
              Pcm16.encode(said, 0, said.length, bytes, 0);
              pcm.writeBytes(bytes);
            },
            Ticker.system());
  }

  private static final class Samples implements RecordingContinuation.Source {
    private final float[] samples;
    private int at;

    Samples(float[] samples) {
      this.samples = samples;
    }

    @Override
    public String name() {
      return "prompt";
    }

    @Override
    public int rateHz() {
      return RATE_HZ;
    }

    @Override
    public long samples() {
      return Prompt.UNKNOWN;
    }

    @Override
    public int read(float[] buffer) {
      int count = Math.min(buffer.length, samples.length - at);
      System.arraycopy(samples, at, buffer, 0, count);
      at += count;
      return count == 0 ? -1 : count;
    }
  }

  private static SessionConfig.Builder config(long seed) {
    return SessionConfig.newBuilder()
        .setSampling(SamplingSettings.newBuilder().setSeed(seed))
        .setMaxContinuationMillis(SECONDS * 1000)
        .setPacing(Pacing.PACING_NONE);
  }

  private static byte[] frame(int millis) {
    return new byte[RATE_HZ * 2 * millis / 1000];
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 20, 33, 200})
  void saysWhatTheOfflineCommandSaysForFramesOf(int millis) throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    Continuation offline = offline(millis, expected);
    Caller caller = Caller.call(channel, config(millis));
    caller.audio(prompt, frame(millis).length).halfClose();
    assertThat(caller.status().getCode()).isEqualTo(Status.Code.OK);
    assertThat(caller.speech()).isEqualTo(expected.toByteArray());
    List<Integer> units =
        caller.all(MessageTypeCase.AUDIO).stream()
            .flatMap(m -> m.getAudio().getUnitsList().stream())
            .map(u -> u.getUnit())
            .toList();
    assertThat(units).isEqualTo(offline.units());
    TurnEvent done = caller.all(MessageTypeCase.TURN).get(1).getTurn();
    assertThat(done.getPromptUnits()).isEqualTo(offline.promptUnits());
    assertThat(done.getContinuationSamples()).isEqualTo(offline.samples());
    assertThat(done.getReason()).isEqualTo(TurnEvent.Reason.REASON_MAX_LENGTH);
  }

  @Test
  void saysTheSameToEightAtOnce() throws Exception {
    List<Caller> callers =
        IntStream.range(0, SEATS).mapToObj(seed -> Caller.call(channel, config(seed))).toList();
    int frame = frame(20).length;
    for (int at = 0; at < prompt.length; at += frame) {
      for (Caller caller : callers) {
        caller.audio(Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + frame)));
      }
    }
    callers.forEach(Caller::commit);
    for (int seed = 0; seed < SEATS; seed++) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      assertThat(callers.get(seed).status().getCode()).isEqualTo(Status.Code.OK);
      offline(seed, expected);
      assertThat(callers.get(seed).speech()).as("seed %d", seed).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void answersResearchersWhatSessionsUse() throws Exception {
    int[] units = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    SpeechContinuationGrpc.SpeechContinuationBlockingStub stub =
        SpeechContinuationGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    GenerateRequest.Builder generate =
        GenerateRequest.newBuilder()
            .setMaxUnits(5)
            .setSampling(SamplingSettings.newBuilder().setSeed(3));
    VocodeRequest.Builder vocode = VocodeRequest.newBuilder();
    UnitSequence.Builder scored = UnitSequence.newBuilder();
    for (int unit : units) {
      generate.addUnits(unit);
      vocode.addUnits(unit).addDurationFrames(2);
      scored.addUnits(unit);
    }
    List<Integer> generated = new ArrayList<>();
    stub.generate(generate.build()).forEachRemaining(r -> generated.addAll(r.getUnitsList()));
    List<Integer> expected = new ArrayList<>();
    try (UnitLanguageModel.Sequence alone = networks.languageModel().open(100)) {
      alone.append(units);
      for (int i = 0; i < 5; i++) {
        expected.add(alone.next(Sampling.defaults(3), 0));
      }
    }
    assertThat(generated).isEqualTo(expected);
    long[] samples = {0};
    stub.vocode(vocode.build())
        .forEachRemaining(
            r -> {
              assertThat(r.getFirstSampleIndex()).isEqualTo(samples[0]);
              samples[0] += r.getSampleCount();
            });
    assertThat(samples[0]).isEqualTo(2L * units.length * networks.vocoder().samplesPerFrame());
    SequenceScore score =
        stub.score(ScoreRequest.newBuilder().addSequences(scored).build()).getScores(0);
    float[] nll = networks.languageModel().nll(units, false);
    double sum = IntStream.range(0, nll.length).mapToDouble(i -> nll[i]).sum();
    assertThat(score.getNll()).isCloseTo(sum, within(1e-9));
    assertThat(score.getTokens()).isEqualTo(units.length - 1);
    assertThat(score.getMeanNll()).isCloseTo(sum / (units.length - 1), within(1e-9));
  }

  @Test
  void tracesCutPointsThatSumToTheWhole() throws Exception {
    Caller caller = Caller.call(channel, config(1)).audio(prompt, frame(20).length).commit();
    assertThat(caller.status().getCode()).isEqualTo(Status.Code.OK);
    LatencyTrace trace = caller.all(MessageTypeCase.LATENCY).get(0).getLatency();
    Stages first = trace.getFirstAudio();
    assertThat(
            first.getQueueMicros()
                + first.getTokenizeMicros()
                + first.getPrefillMicros()
                + first.getDecodeMicros()
                + first.getVocodeMicros()
                + first.getEncodeMicros())
        .isEqualTo(trace.getFirstAudioMicros())
        .isPositive();
    assertThat(first.getQueueMicros()).isNotNegative();
    assertThat(first.getDecodeMicros()).isPositive();
    assertThat(trace.getCompute().getVocodeMicros()).isPositive();
    assertThat(trace.getContinuationMicros()).isEqualTo(SECONDS * 1_000_000L);
    ServerMessage last = caller.all().get(caller.all().size() - 1);
    assertThat(last.hasEnd()).isTrue();
  }
}
