// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.server.session.AudioKind;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Results;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.v1.VocodeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Steps of the encoder and of the vocoder for several sessions. */
class CodecPassTest extends EngineBench {
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

  /** Bundles share an engine, not its steps. */
  @Test
  void whoHasOtherNetworksDoesNotJoin() {
    FakeNetworks otherFakes = new FakeNetworks();
    Networks other = otherFakes.networks();
    try (UnitLanguageModel.Rows otherRows = other.languageModel().allocate(SEATS, 200)) {
      ModelBundle otherBundle =
          new ModelBundle(FakeNetworks.info(), other, otherRows, engine, seats, () -> nowNanos);
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(new Client(i % 2 == 0 ? bundle : otherBundle, i).heard(0).committed());
        clients.get(i).voice.allow(Long.MAX_VALUE);
      }
      work();
      assertThat(clients).allMatch(Client::ended);
      assertThat(steps)
          .extracting(step -> Set.copyOf(step.sessions()))
          .contains(Set.of("s0", "s2"), Set.of("s1", "s3"))
          .allMatch(m -> Set.of("s0", "s2").containsAll(m) || Set.of("s1", "s3").containsAll(m));
    }
    assertThat(otherFakes.open()).isZero();
  }

  /** A session's times are what was computed for it; while its mates' part is, it waits. */
  @Test
  void ofACommonStepEachHasItsOwnPart() {
    fakes.watch(computed -> nowNanos += 3_000_000);
    Client alone = new Client(0).heard(0).committed();
    alone.voice.allow(Long.MAX_VALUE);
    workAtOnce();
    StageTimes expected = alone.times();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(new Client(0).heard(0).committed());
      clients.get(i).voice.allow(Long.MAX_VALUE);
    }
    long beganNanos = nowNanos;
    workAtOnce();
    for (Client client : clients) {
      for (Stage stage : List.of(Stage.TOKENIZE, Stage.VOCODE)) {
        assertThat(client.times().of(stage)).isEqualTo(expected.of(stage)).isPositive();
      }
      assertThat(client.times().totalNanos()).isLessThanOrEqualTo(nowNanos - beganNanos);
      assertThat(client.times().of(Stage.WAIT)).isGreaterThan(expected.of(Stage.TOKENIZE));
    }
  }

  private void workAtOnce() {
    while (engine.doWork()) {} // time passes in the networks alone
  }

  @Test
  void nothingIsComputedForWhoHasGoneSinceTheStepWasChosen() {
    fakes.watch(
        computed -> {
          throw new AssertionError("computed for nobody");
        });
    Client client = new Client(1).heard(1).committed();
    Agenda.Step listening = Objects.requireNonNull(engine.claim(Lane.ALL));
    client.voice.close();
    engine.perform(listening);
    assertThat(client.failed()).isFalse();
    Taken<TokenizeResponse> taken = tokenize(1);
    Agenda.Step tokenizing = Objects.requireNonNull(engine.claim(Lane.ALL));
    taken.gone = true;
    engine.perform(tokenizing);
    assertThat(steps).isEmpty();
    Taken<VocodeResponse> audio = vocode();
    Agenda.Step vocoding = Objects.requireNonNull(engine.claim(Lane.ALL));
    audio.gone = true;
    engine.perform(vocoding);
    assertThat(steps).isEmpty();
    fakes.watch(computed -> {});
    Client speaker = new Client(2).heard(2).committed();
    speaker.voice.allow(Long.MAX_VALUE);
    Agenda.Step next = Objects.requireNonNull(engine.claim(Lane.ALL));
    while (next.pass() != Pass.VOCODE) {
      engine.perform(next);
      next = Objects.requireNonNull(engine.claim(Lane.ALL));
    }
    speaker.voice.close();
    steps.clear();
    engine.perform(next);
    assertThat(steps).isEmpty();
    assertThat(speaker.said()).isEmpty();
    work();
  }

  @Test
  void whoHasNothingToSayOnlyWaitsWhileOthersAreSpokenFor() {
    fakes.sayNothing();
    Taken<VocodeResponse> audio = vocode();
    audio.ready = false;
    Client client = new Client(1).heard(1).committed();
    client.voice.allow(Long.MAX_VALUE);
    while (members(Stage.DECODE).isEmpty()) {
      assertThat(engine.doWork()).isTrue();
    }
    audio.ready = true;
    nowNanos += 600_000_000; // it was made first, so it goes first
    fakes.watch(computed -> nowNanos += 3_000_000);
    workAtOnce();
    assertThat(members(Stage.VOCODE).get(0)).contains("s1", EngineObserver.RESEARCH);
    assertThat(client.times().of(Stage.VOCODE)).isZero();
    assertThat(client.times().of(Stage.WAIT)).isEqualTo(603_000_000);
  }

  /** A model may say that nothing follows: then the vocoder has nothing to do. */
  @Test
  void speechOfNoUnitEnds() {
    fakes.sayNothing();
    Client client = new Client(1).heard(1).committed();
    Client mate = new Client(2).heard(1).committed();
    client.voice.allow(Long.MAX_VALUE);
    mate.voice.allow(Long.MAX_VALUE);
    work();
    assertThat(client.ended()).isTrue();
    assertThat(mate.ended()).isTrue();
    assertThat(client.said()).isEmpty();
  }

  /** Takes a research call's results. */
  private static final class Taken<T> implements Results<T> {
    final List<T> all = new ArrayList<>();
    boolean complete;
    boolean ready = true;
    boolean gone;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public boolean gone() {
      return gone;
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
    assertThat(steps).allMatch(step -> step.sessions().size() == 1);
    steps.clear();
    List<Taken<?>> pairs = List.of(tokenize(1), tokenize(2), vocode(), vocode());
    work();
    assertThat(pairs).allMatch(taken -> taken.complete);
    assertThat(steps).allMatch(step -> step.sessions().size() == 2);
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
}
