// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.audio.Pcm16;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.bundle.VocoderFolder;
import dev.continuo.model.checkpoint.Checkpoint;
import dev.continuo.model.checkpoint.DType;
import dev.continuo.model.checkpoint.SafetensorsWriter;
import dev.continuo.model.checkpoint.TensorInfo;
import dev.continuo.model.cli.BundleNetworks;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real networks on the engine's own threads: what a session draws and says does not depend on who
 * else is there.
 */
class DeterminismIT {
  private static final int WAV_HEADER_BYTES = 44;
  private static final int RATE_HZ = 16_000;
  private static final int SEATS = 16;
  private static final int POSITIONS = 200;
  private static final double SECONDS = 1.5;
  private static final long SEED = 11;
  private static final int PATIENCE_SECONDS = 60;
  private static final float TINY = 0x1p-13f; // a quarter of float16's spacing or less

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP16", "F32", "INT8"})
  void saysTheSameAloneAndAmongFifteenThatJoinLeaveAndFail(Precision precision) throws Exception {
    BundleNetworks source = new BundleNetworks(BundleStore.home());
    Bundle bundle = source.bundle(BundleStore.DEFAULT, BundleOverrides.none());
    LmFolder lm = precision == Precision.F32 ? inexact(LmFolder.of(bundle)) : LmFolder.of(bundle);
    ModelOptions options = ModelOptions.cpu(precision);
    Seats seats = new Seats(SEATS);
    AtomicInteger most = new AtomicInteger();
    Engine engine =
        new Engine(
            step -> most.accumulateAndGet(step.sessions().size(), Math::max), Ticker.system());
    Networks networks =
        new Networks(
            source.encoder(EncoderFolder.of(bundle), options),
            source.languageModel(lm, options),
            source.vocoder(VocoderFolder.of(bundle), options));
    try (UnitLanguageModel.Rows rows = networks.languageModel().allocate(SEATS, POSITIONS)) {
      ModelBundle voices =
          new ModelBundle(FakeNetworks.info(), networks, rows, engine, seats, Ticker.system());
      engine.start(true);
      Talk alone = new Talk(voices, SEED);
      alone.speak(prompt());
      alone.await();
      most.set(0);
      for (int run = 0; run < 2; run++) {
        Talk again = amongOthers(voices, seats, run);
        assertThat(again.units).as("run %d", run).isEqualTo(alone.units);
        assertThat(again.samples).as("run %d", run).isEqualTo(alone.samples);
      }
      assertThat(alone.units).hasSizeGreaterThan(10);
      assertThat(most.get()).isGreaterThanOrEqualTo(SEATS / 2);
      if (precision == Precision.F32) {
        assertHasTwoHalves(source, lm, networks.languageModel());
      }
    } finally {
      engine.close();
      networks.vocoder().close();
      networks.languageModel().close();
      networks.encoder().close();
    }
  }

  /**
   * The same language model with weights in float32 that float16 does not hold: f32 then computes
   * with two halves of each (decision 003).
   */
  private LmFolder inexact(LmFolder lm) throws IOException {
    Path from = lm.component().folder();
    Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
    Checkpoint checkpoint = Checkpoint.open(from);
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    for (String name : checkpoint.names()) {
      float[] values = checkpoint.get(name).toFloats();
      for (int i = 0; i < values.length; i++) {
        values[i] *= 1 + (1 + i % 5) * TINY;
      }
      FloatBuffer left = FloatBuffer.wrap(values);
      TensorInfo info = new TensorInfo(name, DType.F32, checkpoint.info(name).shape());
      entries.add(new SafetensorsWriter.Entry(info, (to, count) -> left.get(to, 0, count)));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries);
    LmFolder raw = LmFolder.openRaw(folder);
    return new LmFolder(raw.component(), lm.ids());
  }

  private static void assertHasTwoHalves(
      BundleNetworks source, LmFolder lm, UnitLanguageModel both) {
    int[] units = {3, 1, 4, 1, 5, 9, 2, 6};
    try (UnitLanguageModel first = source.languageModel(lm, ModelOptions.cpu(Precision.FP16))) {
      assertThat(first.nll(units, false)).isNotEqualTo(both.nll(units, false));
    }
  }

  private static Talk amongOthers(ModelBundle voices, Seats seats, int run) throws Exception {
    Random random = new Random(run);
    List<Talk> mates = new ArrayList<>();
    Talk one = new Talk(voices, SEED);
    float[] prompt = prompt();
    for (int at = 0; at < prompt.length; at += RATE_HZ / 5) {
      while (seats.taken() < SEATS) {
        Talk mate = new Talk(voices, random.nextInt(1_000));
        mate.speak(Arrays.copyOf(prompt, 8_000 + random.nextInt(prompt.length / 2)));
        mates.add(mate);
      }
      if (!mates.isEmpty()) {
        Talk mate = mates.get(random.nextInt(mates.size()));
        if (random.nextBoolean()) {
          mate.voice.close();
        } else if (random.nextBoolean()) {
          mate.voice.hear(new float[] {Float.NaN}); // fails it, or comes too late to
        }
      }
      one.voice.hear(Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + RATE_HZ / 5)));
    }
    one.voice.allow(Long.MAX_VALUE);
    one.voice.commit();
    one.await();
    mates.forEach(mate -> mate.voice.close());
    while (seats.taken() > 0) {
      Thread.onSpinWait();
    }
    return one;
  }

  private static float[] prompt() throws IOException {
    try (InputStream wav =
        DeterminismIT.class.getResourceAsStream("/dev/continuo/server/prompt.wav")) {
      byte[] all = wav.readAllBytes();
      byte[] pcm = Arrays.copyOfRange(all, WAV_HEADER_BYTES, all.length);
      float[] samples = new float[pcm.length / 2];
      Pcm16.decode(pcm, 0, samples.length, samples, 0);
      return samples;
    }
  }

  /** One session and what it drew and said. */
  private static final class Talk {
    final Voice voice;
    final List<Integer> units = new ArrayList<>();
    final List<Float> samples = new ArrayList<>();
    private final BlockingQueue<Voice.Event> events = new LinkedBlockingQueue<>();

    Talk(ModelBundle voices, long seed) {
      voice =
          voices.open(
              new VoiceBundle.Request(
                  "t" + seed, RATE_HZ, 30L * RATE_HZ, SECONDS, Sampling.defaults(seed)),
              events::add);
    }

    /** The whole prompt at once, and a commit. */
    void speak(float[] prompt) {
      voice.allow(Long.MAX_VALUE);
      voice.hear(prompt);
      voice.commit();
    }

    void await() throws InterruptedException {
      while (true) {
        Voice.Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event instanceof Voice.Said said) {
          units.addAll(said.drawn());
          for (float sample : said.samples()) {
            samples.add(sample);
          }
        } else if (event instanceof Voice.Ended) {
          return;
        } else if (event == null || event instanceof Voice.Failed) {
          throw new AssertionError("no end but " + event);
        }
      }
    }
  }
}
