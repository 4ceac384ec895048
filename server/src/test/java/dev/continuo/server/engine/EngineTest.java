// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.server.session.Voice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose work is done when, by hand and by a clock that stands still. */
class EngineTest extends EngineBench {
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

  @Test
  void whoHasFailedBeforeMemoryEndedIsToldOnce() {
    Client broken = new Client(1);
    broken.voice.hear(new float[] {Float.NaN});
    Client mate = new Client(2).heard(2);
    fakes.watch(computed -> endMemory());
    work();
    assertThat(broken.events).hasSize(1);
    assertThat(mate.failed()).isTrue();
  }

  private static void endMemory() {
    throw new OutOfMemoryError("made for a test");
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
