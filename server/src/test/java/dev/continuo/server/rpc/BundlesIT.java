// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.cli.BundleNetworks;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.model.random.RandomBundle;
import dev.continuo.model.random.Shape;
import dev.continuo.server.engine.Engine;
import dev.continuo.server.engine.ModelBundle;
import dev.continuo.server.session.Bundles;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.Pacing;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import dev.continuo.v1.SessionConfig;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two bundles of different unit rates in one server, spoken with at the same time. */
@SuppressWarnings("NullAway.Init") // set before each test
class BundlesIT {
  private static final double[] UNIT_RATES_HZ = {12.5, 50};
  private static final int SEATS = 4;
  private static final int POSITIONS = 300;
  private static final int MILLIS = 1_500;

  @TempDir private Path folder;

  private final Engine engine = new Engine();
  private final Seats seats = new Seats(SEATS);
  private final List<AutoCloseable> open = new ArrayList<>();
  private Loopback loopback;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    List<ModelBundle> bundles = new ArrayList<>();
    for (double rateHz : UNIT_RATES_HZ) {
      Path made = folder.resolve("u" + rateHz);
      new RandomBundle(Shape.DEFAULT, rateHz, 100, 1).write(made);
      bundles.add(load(made.toString()));
    }
    engine.start(true);
    loopback = Loopback.start(new Bundles(bundles), ServerLimits.defaults(SEATS), seats);
    channel = loopback.channel();
  }

  private ModelBundle load(String reference) throws Exception {
    BundleNetworks source = new BundleNetworks(BundleStore.home());
    Bundle bundle = source.bundle(reference, BundleOverrides.none());
    ModelOptions options = ModelOptions.cpu(Precision.FP16);
    Networks networks =
        new Networks(
            source.encoder(bundle, options),
            source.languageModel(bundle, options),
            source.vocoder(bundle, options));
    UnitLanguageModel.Rows rows = networks.languageModel().allocate(SEATS, POSITIONS);
    open.addAll(List.of(rows, networks.vocoder(), networks.languageModel(), networks.encoder()));
    BundleInfo info =
        BundleInfo.newBuilder()
            .setName(bundle.name())
            .setUnitRateHertz(bundle.unitRateHz())
            .setUnitCount(bundle.unitCount())
            .setInputSampleRateHertz(bundle.encoderSampleRateHz())
            .setOutputSampleRateHertz(bundle.vocoderSampleRateHz())
            .build();
    return new ModelBundle(info, networks, rows, engine, seats, Ticker.system());
  }

  @AfterEach
  void stop() throws Exception {
    loopback.close();
    engine.close();
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private Caller call(String bundle, long seed) {
    byte[] prompt = new byte[32_000];
    new Random(seed).nextBytes(prompt);
    SessionConfig.Builder config =
        SessionConfig.newBuilder()
            .setBundle(bundle)
            .setSampling(SamplingSettings.newBuilder().setSeed(seed))
            .setMaxContinuationMillis(MILLIS)
            .setPacing(Pacing.PACING_NONE);
    return Caller.call(channel, config).audio(prompt, 640).commit();
  }

  private static byte[] speech(Caller caller, double rateHz) throws InterruptedException {
    assertThat(caller.status().getCode()).isEqualTo(Status.Code.OK);
    int frames =
        caller.all(MessageTypeCase.AUDIO).stream()
            .flatMap(message -> message.getAudio().getUnitsList().stream())
            .mapToInt(unit -> unit.getDurationFrames())
            .sum();
    assertThat(frames).isGreaterThanOrEqualTo((int) (rateHz * MILLIS / 1000));
    assertThat(caller.all(MessageTypeCase.STARTED).get(0).getStarted().getBundle())
        .extracting(BundleInfo::getUnitRateHertz)
        .isEqualTo(rateHz);
    return caller.speech();
  }

  @Test
  void eachSaysWhatItSaysAloneWhileTheOtherSpeaks() throws Exception {
    String slow = "random-default-12.5hz";
    String fast = "random-default-50hz";
    byte[] slowAlone = speech(call(slow, 3), 12.5);
    byte[] fastAlone = speech(call(fast, 4), 50);
    List<Caller> slows = new ArrayList<>();
    List<Caller> fasts = new ArrayList<>();
    for (int i = 0; i < SEATS / 2; i++) {
      slows.add(call(slow, 3));
      fasts.add(call(fast, 4));
    }
    for (int i = 0; i < SEATS / 2; i++) {
      assertThat(speech(slows.get(i), 12.5)).isEqualTo(slowAlone);
      assertThat(speech(fasts.get(i), 50)).isEqualTo(fastAlone);
    }
    assertThat(slowAlone).isNotEqualTo(fastAlone);
  }
}
