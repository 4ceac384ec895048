// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.server.session.AudioKind;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.VocodeResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose work is done when, by hand and by a clock that stands still. */
class EngineTest {
  private static final int SEATS = 16;
  private static final int RATE_HZ = 16_000;
  private static final double SECONDS = 1;
  private static final int SAMPLES = FakeNetworks.OUTPUT_HZ;

  private final FakeNetworks fakes = new FakeNetworks();
  private final Networks networks = fakes.networks();
  private final UnitLanguageModel.Rows rows = networks.languageModel().allocate(SEATS, 200);
  private final Seats seats = new Seats(SEATS);
  private long nowNanos = 1;
  private final List<EngineObserver.Step> steps = new ArrayList<>();
  private final Engine engine = new Engine(steps::add, () -> nowNanos);
  private final ModelBundle bundle =
      new ModelBundle(FakeNetworks.info(), networks, rows, engine, seats, () -> nowNanos);

  @AfterEach
  void leavesNothingOpen() {
    engine.close();
    rows.close();
    assertThat(fakes.open()).isZero();
    assertThat(seats.taken()).isZero();
  }

  /** A voice and what it said. */
  private final class Client {
    final List<Voice.Event> events = new ArrayList<>();
    final Voice voice;
    Runnable onFailure = () -> {};

    Client(long seed) {
      voice =
          bundle.open(
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

  private static float[] prompt(long seed) {
    Random random = new Random(seed);
    float[] samples = new float[RATE_HZ];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    return samples;
  }

  private void work() {
    while (engine.doWork()) {
      nowNanos += 1_000_000;
    }
  }

  private float[] alone(long seed) {
    Client client = new Client(seed).heard(seed).committed();
    client.voice.allow(Long.MAX_VALUE);
    work();
    assertThat(client.ended()).isTrue();
    return client.said();
  }

  @Test
  void saysTheSameAloneAndAmongOthersThatComeAndGo() {
    float[] expected = alone(5);
    assertThat(expected).hasSize(SAMPLES);
    for (int run = 0; run < 200; run++) {
      Random random = new Random(run);
      Client one = new Client(5);
      List<Client> others = new ArrayList<>();
      float[] prompt = prompt(5);
      int at = 0;
      while (!one.ended()) {
        int choice = random.nextInt(10);
        if (choice < 3 && seats.taken() < SEATS) {
          others.add(new Client(random.nextInt(100)).heard(random.nextInt(100)));
        } else if (choice < 5 && !others.isEmpty()) {
          Client other = others.get(random.nextInt(others.size()));
          other.committed().voice.allow(random.nextInt(2 * SAMPLES));
        } else if (choice == 5 && !others.isEmpty()) {
          others.remove(random.nextInt(others.size())).voice.close();
        } else if (choice < 8) {
          engine.doWork();
          nowNanos += random.nextInt(50_000_000);
        } else if (at < prompt.length) {
          int length = Math.min(prompt.length - at, 1 + random.nextInt(8_000));
          one.voice.hear(Arrays.copyOfRange(prompt, at, at + length));
          at += length;
          if (at == prompt.length) {
            one.voice.allow(Long.MAX_VALUE);
            one.voice.commit();
          }
        }
      }
      assertThat(one.said()).as("run %d", run).isEqualTo(expected);
      others.forEach(other -> other.voice.close());
      work();
      assertThat(seats.taken()).as("run %d", run).isZero();
    }
  }

  @Test
  void drawsForAllWhoSpeakInOnePass() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(new Client(i).heard(i).committed());
      clients.get(i).voice.allow(SAMPLES / 4);
    }
    work();
    assertThat(clients).allMatch(client -> client.said().length >= SAMPLES / 4);
    int before = fakes.batches().size();
    clients.forEach(client -> client.voice.allow(Long.MAX_VALUE));
    work();
    assertThat(clients).allMatch(Client::ended);
    List<Integer> batches = fakes.batches().subList(before, fakes.batches().size());
    assertThat(batches.stream().mapToInt(size -> size).average().orElseThrow()).isGreaterThan(6);
  }

  @Test
  void tellsItsObserverOfEveryStepAndWhomItWasFor() {
    fakes.beforeDraw(contexts -> nowNanos += 7_000_000);
    for (int i = 0; i < 4; i++) {
      Client client = new Client(i).heard(i).committed();
      client.voice.allow(Long.MAX_VALUE);
    }
    work();
    assertThat(steps)
        .extracting(EngineObserver.Step::stage)
        .containsOnly(Stage.TOKENIZE, Stage.PREFILL, Stage.DECODE, Stage.VOCODE);
    assertThat(steps).allMatch(step -> step.bundle().equals(bundle.info().getName()));
    EngineObserver.Step draw =
        steps.stream()
            .filter(s -> s.stage() == Stage.DECODE && s.sessions().size() == 4)
            .findFirst()
            .orElseThrow();
    assertThat(draw.sessions()).containsExactlyInAnyOrder("s0", "s1", "s2", "s3");
    assertThat(draw.durationNanos()).isEqualTo(7_000_000);
  }

  @Test
  void tellsItsObserverWhoseSpeechCameTooLate() {
    Client client = new Client(1).heard(1).committed();
    client.voice.allow(1);
    work(); // says a group: of so many samples, from now on
    long saidNanos = client.said().length * 1_000_000_000L / FakeNetworks.OUTPUT_HZ;
    assertThat(steps).allMatch(step -> step.missed() == 0);
    steps.clear();
    nowNanos += saidNanos + 5_000_000;
    client.voice.allow(Long.MAX_VALUE);
    engine.doWork();
    assertThat(steps).hasSize(1);
    assertThat(steps.get(0).missed()).isEqualTo(1);
    assertThat(steps.get(0).slackNanos()).isNegative();
    client.voice.close();
    work();
  }

  @Test
  void makesNoMoreThanIsAllowed() {
    Client client = new Client(1).heard(1).committed();
    client.voice.allow(2_000);
    work();
    assertThat(client.said().length).isBetween(2_000, 2_000 + 640);
    client.voice.allow(4_000);
    work();
    assertThat(client.said().length).isBetween(4_000, 4_000 + 640);
    client.voice.close();
    work();
  }

  @Test
  void doesFirstWhatIsHeardFirst() {
    Client speaker = new Client(1).heard(1).committed();
    speaker.voice.allow(4_000); // half a second
    work();
    int before = speaker.said().length;
    Client newcomer = new Client(2).heard(2).committed();
    newcomer.voice.allow(Long.MAX_VALUE);
    speaker.voice.allow(Long.MAX_VALUE);
    while (newcomer.said().length == 0) {
      assertThat(engine.doWork()).isTrue();
    }
    assertThat(speaker.said()).hasSize(before);
    nowNanos += 10_000_000_000L; // both late, the speaker by more
    newcomer.voice.close();
    work();
    assertThat(speaker.ended()).isTrue();
  }

  @Test
  void aPromptThatComesAtOnceDoesNotStallASpeaker() {
    Client speaker = new Client(1).heard(1).committed();
    speaker.voice.allow(1_600); // 0.2 s
    work();
    Client newcomer = new Client(2);
    for (int second = 0; second < 8; second++) {
      newcomer.heard(second);
    }
    speaker.voice.allow(2_400);
    int steps = 0;
    while (speaker.said().length < 2_400) {
      assertThat(engine.doWork()).isTrue();
      steps++;
    }
    assertThat(steps).isLessThan(10);
    newcomer.voice.close();
    speaker.voice.close();
    work();
  }

  @Test
  void aSessionThatFailsEndsAlone() {
    float[] expected = alone(3);
    Client bad = new Client(4).heard(4).committed();
    Client good = new Client(3).heard(3).committed();
    bad.voice.allow(Long.MAX_VALUE);
    good.voice.allow(Long.MAX_VALUE);
    int[] passes = {0};
    fakes.beforeDraw(
        contexts -> {
          if (passes[0]++ == 4) {
            throw new IllegalStateException("the device failed");
          }
        });
    work();
    assertThat(good.said()).isEqualTo(expected);
    assertThat(good.ended()).isTrue();
    Client broken = new Client(6);
    broken.voice.hear(new float[] {Float.NaN});
    Client whole = new Client(3).heard(3).committed();
    whole.voice.allow(Long.MAX_VALUE);
    work();
    assertThat(broken.failed()).isTrue();
    assertThat(whole.said()).isEqualTo(expected);
  }

  private List<List<String>> members(Stage stage) {
    return steps.stream()
        .filter(step -> step.stage() == stage)
        .map(EngineObserver.Step::sessions)
        .toList();
  }

  @Test
  void tokenizesAndVocodesForSeveralInOneStep() {
    float[] expected = alone(3);
    steps.clear();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(new Client(i).heard(i));
    }
    work();
    assertThat(members(Stage.TOKENIZE).get(0)).containsExactly("s0", "s1", "s2");
    assertThat(members(Stage.TOKENIZE)).contains(List.of("s3", "s4"));
    clients.forEach(client -> client.committed().voice.allow(Long.MAX_VALUE));
    work();
    assertThat(clients).allMatch(Client::ended);
    assertThat(clients.get(3).said()).isEqualTo(expected);
    assertThat(members(Stage.VOCODE)).anyMatch(m -> m.size() == FakeNetworks.MOST_TOGETHER);
    assertThat(members(Stage.VOCODE)).allMatch(m -> m.size() <= FakeNetworks.MOST_TOGETHER);
  }

  /** Its last audio does not wait for what others can wait with. */
  @Test
  void whoIsNewIsTokenizedWithThoseAloneThatAreAsUrgent() {
    Client listener = new Client(1).heard(1);
    Client newcomer = new Client(2).heard(2).committed();
    Client another = new Client(3).heard(3).committed();
    engine.doWork();
    assertThat(members(Stage.TOKENIZE)).containsExactly(List.of("s2", "s3"));
    for (Client client : List.of(listener, newcomer, another)) {
      client.voice.close();
    }
    work();
  }

  @Test
  void whoFailsInAStepOfTheEncoderOrTheVocoderEndsAlone() {
    List<float[]> expected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Client one = new Client(i).heard(0).committed(); // the same prompt, so all are as far
      one.voice.allow(Long.MAX_VALUE);
      work();
      expected.add(one.said());
    }
    for (FakeNetworks.Network network :
        List.of(FakeNetworks.Network.ENCODER, FakeNetworks.Network.VOCODER)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(new Client(i).heard(0).committed());
        clients.get(i).voice.allow(Long.MAX_VALUE);
      }
      steps.clear();
      int[] calls = {0};
      fakes.watch(
          computed -> {
            if (computed.network() == network && calls[0]++ == 1) {
              throw new IllegalStateException("broken for a test");
            }
          });
      work();
      assertThat(clients).filteredOn(Client::failed).hasSize(1);
      for (int i = 0; i < 3; i++) {
        if (!clients.get(i).failed()) {
          assertThat(clients.get(i).ended()).isTrue();
          assertThat(clients.get(i).said()).isEqualTo(expected.get(i));
        }
      }
      Stage stage = network == FakeNetworks.Network.ENCODER ? Stage.TOKENIZE : Stage.VOCODE;
      assertThat(members(stage).get(0)).hasSize(3); // it was a step of all
      assertThat(seats.taken()).isZero();
    }
  }

  @Test
  void anEncoderThatFailsAsAWholeFailsThoseItWasToServe() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(new Client(i).heard(i).committed());
      clients.get(i).voice.allow(Long.MAX_VALUE);
    }
    int[] calls = {0};
    fakes.beforeEncoding(
        () -> {
          if (calls[0]++ == 0) {
            throw new IllegalStateException("broken for a test");
          }
        });
    work();
    assertThat(clients.subList(0, 3)).allMatch(Client::failed);
    assertThat(clients.get(3).ended()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(FakeNetworks.Network.class)
  void whereMemoryEndsThoseOfTheStepEndAndNobodyElse(FakeNetworks.Network network) {
    float[] expected = alone(7);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(new Client(i).heard(0).committed());
      clients.get(i).voice.allow(Long.MAX_VALUE);
    }
    clients.get(0).onFailure = EngineTest::endMemory; // nor is there any to take it in
    int[] calls = {0};
    fakes.watch(
        computed -> {
          if (computed.network() == network && calls[0]++ == 0) {
            endMemory();
          }
        });
    work();
    Client later = new Client(7).heard(7).committed();
    later.voice.allow(Long.MAX_VALUE);
    work();
    assertThat(clients)
        .flatExtracting(client -> client.events)
        .filteredOn(event -> event instanceof Voice.Failed)
        .extracting(event -> ((Voice.Failed) event).cause().getMessage())
        .containsExactly("out of memory", "out of memory", "out of memory");
    assertThat(later.said()).isEqualTo(expected);
  }

  private static void endMemory() {
    throw new OutOfMemoryError("made for a test");
  }

  /** Takes a research call's results. */
  private static final class Taken<T> implements Results<T> {
    final List<T> all = new ArrayList<>();
    boolean complete;

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public boolean gone() {
      return false;
    }

    @Override
    public void next(T result) {
      all.add(result);
    }

    @Override
    public void complete() {
      complete = true;
    }

    @Override
    public void fail(RuntimeException cause) {
      throw cause;
    }
  }

  private Taken<TokenizeResponse> tokenize(long seed) {
    Taken<TokenizeResponse> taken = new Taken<>();
    Research.Feed feed = bundle.research().orElseThrow().tokenize(RATE_HZ, false, taken);
    feed.hear(prompt(seed));
    feed.finish();
    return taken;
  }

  private Taken<VocodeResponse> vocode() {
    Taken<VocodeResponse> taken = new Taken<>();
    List<Integer> units = IntStream.range(0, 40).boxed().toList();
    AudioKind kind =
        new AudioKind(AudioEncoding.AUDIO_ENCODING_LINEAR16, FakeNetworks.OUTPUT_HZ, 1);
    bundle.research().orElseThrow().vocode(units, List.of(), kind, taken);
    return taken;
  }

  @Test
  void researchJoinsStepsOfTheSameNetwork() {
    Taken<TokenizeResponse> units = tokenize(1);
    Taken<VocodeResponse> audio = vocode();
    work();
    Client client = new Client(2).heard(2);
    client.voice.allow(Long.MAX_VALUE);
    Taken<TokenizeResponse> again = tokenize(1);
    Taken<TokenizeResponse> other = tokenize(3);
    steps.clear();
    engine.doWork();
    assertThat(members(Stage.TOKENIZE).get(0)).contains("s2", EngineObserver.RESEARCH);
    client.committed();
    Taken<VocodeResponse> audioAgain = vocode();
    Taken<VocodeResponse> audioOther = vocode();
    work();
    assertThat(members(Stage.VOCODE)).anyMatch(m -> m.size() > 1);
    assertThat(again.all).isEqualTo(units.all);
    assertThat(audioAgain.all).isEqualTo(audio.all);
    assertThat(List.of(units, again, other, audio, audioAgain, audioOther))
        .allMatch(taken -> taken.complete && !taken.all.isEmpty());
    assertThat(client.ended()).isTrue();
  }

  @Test
  void letsGoOfWhoHasGoneAtItsNextStep() {
    Client client = new Client(1).heard(1);
    engine.doWork();
    assertThat(fakes.open()).isGreaterThan(1);
    client.voice.close();
    assertThat(engine.doWork()).isFalse();
    assertThat(fakes.open()).isEqualTo(1); // the rows
    assertThat(seats.taken()).isZero();
  }

  @Test
  void wakesForEveryWish() throws InterruptedException {
    engine.start(true);
    Client client = new Client(1).heard(1).committed();
    client.voice.allow(Long.MAX_VALUE);
    bundle.warmUp();
    while (seats.taken() > 0) {
      Thread.onSpinWait();
    }
    assertThat(client.ended()).isTrue();
  }
}
