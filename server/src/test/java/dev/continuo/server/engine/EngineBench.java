// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/** An engine of {@link FakeNetworks}, by hand and by a clock that stands still. */
abstract class EngineBench {
  static final int SEATS = 16;
  static final int RATE_HZ = 16_000;
  private static final double SECONDS = 1;
  static final int SAMPLES = FakeNetworks.OUTPUT_HZ;

  final FakeNetworks fakes = new FakeNetworks();
  final Networks networks = fakes.networks();
  final UnitLanguageModel.Rows rows = networks.languageModel().allocate(SEATS, 200);
  final Seats seats = new Seats(SEATS);
  long nowNanos = 1;
  final List<EngineObserver.Step> steps = new ArrayList<>();
  final Engine engine = new Engine(steps::add, () -> nowNanos);
  final ModelBundle bundle =
      new ModelBundle(FakeNetworks.info(), networks, rows, engine, seats, () -> nowNanos);

  @AfterEach
  void leavesNothingOpen() {
    engine.close();
    rows.close();
    assertThat(fakes.open()).isZero();
    assertThat(seats.taken()).isZero();
  }

  /** A voice and what it said. */
  final class Client {
    final List<Voice.Event> events = new ArrayList<>();
    final Voice voice;
    Runnable onFailure = () -> {};

    Client(long seed) {
      this(bundle, seed);
    }

    Client(ModelBundle of, long seed) {
      voice =
          of.open(
              new VoiceBundle.Request(
                  "s" + seed, RATE_HZ, 10L * RATE_HZ, SECONDS, Sampling.defaults(seed)),
              this::take);
    }

    private void take(Voice.Event event) {
      events.add(event);
      if (event instanceof Voice.Failed) {
        onFailure.run();
      }
    }

    float[] said() {
      float[] all = {};
      for (Voice.Event event : events) {
        if (event instanceof Voice.Said said) {
          int at = all.length;
          all = Arrays.copyOf(all, at + said.samples().length);
          System.arraycopy(said.samples(), 0, all, at, said.samples().length);
        }
      }
      return all;
    }

    boolean ended() {
      return !events.isEmpty() && events.get(events.size() - 1) instanceof Voice.Ended;
    }

    StageTimes times() {
      return ((Voice.Ended) events.get(events.size() - 1)).times();
    }

    boolean failed() {
      return events.stream().anyMatch(e -> e instanceof Voice.Failed);
    }

    Client heard(long seed) {
      voice.hear(prompt(seed));
      return this;
    }

    Client committed() {
      voice.commit();
      return this;
    }
  }

  static float[] prompt(long seed) {
    Random random = new Random(seed);
    float[] samples = new float[RATE_HZ];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    return samples;
  }

  void work() {
    while (engine.doWork()) {
      nowNanos += 1_000_000;
    }
  }

  float[] alone(long seed) {
    Client client = new Client(seed).heard(seed).committed();
    client.voice.allow(Long.MAX_VALUE);
    work();
    assertThat(client.ended()).isTrue();
    return client.said();
  }

  List<List<String>> members(Stage stage) {
    return steps.stream()
        .filter(step -> step.stage() == stage)
        .map(EngineObserver.Step::sessions)
        .toList();
  }
}
