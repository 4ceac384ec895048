// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.cli.BundleNetworks;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.EngineObserver;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import dev.continuo.wire.Reasons;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real networks with room for one, and clients that fall silent, over the wire. */
@SuppressWarnings("NullAway.Init") // set before each test
class IdleIT {
  private static final int WAV_HEADER_BYTES = 44;
  private static final int STEP_ASIDE_MILLIS = 150;
  private static final int MAX_WAIT_MILLIS = 700;
  private static final ServerLimits LIMITS =
      new ServerLimits(
          262_144,
          20_000,
          5_000,
          60_000,
          120_000,
          1,
          20_000,
          2_000,
          MAX_WAIT_MILLIS,
          STEP_ASIDE_MILLIS);

  private final AtomicInteger evicted = new AtomicInteger();
  private final AtomicInteger returned = new AtomicInteger();
  private final Seats seats = new Seats(1);
  private Engine engine;
  private Networks networks;
  private UnitLanguageModel.Rows rows;
  private Loopback loopback;
  private ManagedChannel channel;
  private byte[] prompt;

  @BeforeEach
  void start() throws Exception {
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
    engine = new Engine(observer(), Ticker.system());
    rows = networks.languageModel().allocate(1, ModelBundle.positions(networks, LIMITS));
    ModelBundle voices = new ModelBundle(info, networks, rows, engine, seats, Ticker.system());
    engine.start(true);
    loopback = Loopback.start(new Bundles(List.of(voices)), LIMITS, seats);
    channel = loopback.channel();
    try (InputStream wav = IdleIT.class.getResourceAsStream("/dev/continuo/server/prompt.wav")) {
      byte[] all = wav.readAllBytes();
      prompt = Arrays.copyOfRange(all, WAV_HEADER_BYTES, all.length);
    }
  }

  private EngineObserver observer() {
    return new EngineObserver() {
      @Override
      public void stepped(Step step) {}

      @Override
      public void evicted(String bundle, String session) {
        evicted.incrementAndGet();
      }

      @Override
      public void returned(String bundle, String session) {
        returned.incrementAndGet();
      }
    };
  }

  @AfterEach
  void stop() {
    loopback.close();
    engine.close();
    rows.close();
    networks.vocoder().close();
    networks.languageModel().close();
    networks.encoder().close();
    assertThat(seats.taken()).isZero();
    assertThat(returned.get()).isEqualTo(evicted.get());
  }

  private static SessionConfig.Builder config(long seed) {
    return SessionConfig.newBuilder()
        .setSampling(SamplingSettings.newBuilder().setSeed(seed))
        .setMaxContinuationMillis(1_000)
        .setTokenTrace(true)
        .setPacing(Pacing.PACING_NONE);
  }

  private static List<Integer> units(Caller caller) {
    return caller.all(MessageTypeCase.TOKENS).stream()
        .flatMap(m -> m.getTokens().getUnitsList().stream())
        .toList();
  }

  private Caller alone(long seed) throws InterruptedException {
    Caller caller = Caller.call(channel, config(seed)).audio(prompt, 640).commit();
    assertThat(caller.status().getCode()).isEqualTo(Code.OK);
    return caller;
  }

  /** Calls until it is let in: who is to step aside is not silent for long enough yet. */
  private Caller letIn(SessionConfig.Builder config) throws InterruptedException {
    while (true) {
      Caller caller = Caller.call(channel, config);
      caller.awaitAnything(MessageTypeCase.STARTED);
      if (!caller.isOver()) {
        return caller;
      }
      assertThat(caller.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void aSilentClientStepsAsideAndComesBackAsIfNothingHadBeen() throws Exception {
    Caller first = alone(1);
    Caller second = alone(2);
    assertThat(evicted.get()).isZero();
    int half = prompt.length / 2 / 640 * 640;
    Caller silent = Caller.call(channel, config(1));
    silent.await(MessageTypeCase.STARTED);
    silent.audio(Arrays.copyOf(prompt, half), 640);
    Caller newcomer = letIn(config(2));
    assertThat(evicted.get()).isEqualTo(1);
    assertThat(seats.taken()).isEqualTo(1);
    newcomer.audio(prompt, 640).commit();
    silent.audio(Arrays.copyOfRange(prompt, half, prompt.length), 640).commit();
    assertThat(newcomer.status().getCode()).isEqualTo(Code.OK);
    assertThat(silent.status().getCode()).isEqualTo(Code.OK);
    assertThat(units(newcomer)).isEqualTo(units(second));
    assertThat(newcomer.speech()).isEqualTo(second.speech());
    assertThat(units(silent)).isEqualTo(units(first)).hasSizeGreaterThan(20);
    assertThat(silent.speech()).isEqualTo(first.speech());
  }

  @Test
  void whoComesBackAndFindsNoRoomIsToldSo() throws Exception {
    Caller silent = Caller.call(channel, config(1));
    silent.await(MessageTypeCase.STARTED);
    silent.audio(prompt, 640);
    Caller newcomer =
        letIn(config(2).setPacing(Pacing.PACING_REAL_TIME).setMaxContinuationMillis(5_000));
    newcomer.audio(prompt, 640).commit();
    newcomer.await(MessageTypeCase.AUDIO); // and speaks on for longer than others wait
    silent.audio(prompt, 640).commit();
    assertThat(silent.status().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(silent.reason()).isEqualTo(Reasons.TOO_MANY_SESSIONS);
    assertThat(silent.detail(RetryInfo.class)).isNotNull();
    newcomer.vanish();
  }
}
