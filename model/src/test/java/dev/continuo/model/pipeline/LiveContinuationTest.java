// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class LiveContinuationTest {
  private static final long MILLI = 1_000_000;
  private static final int LENGTH = 2010;
  private static final float[] RECORDING = Bench.prompt(1, LENGTH);

  private final Bench bench = Bench.hashed();
  private final CompletableFuture<Networks> loading = new CompletableFuture<>();
  private final ManualClock clock = new ManualClock();
  private final Ears ears = new Ears();
  private final LiveContinuation live =
      new LiveContinuation(
          new Prompt("in.wav", FakeEncoder.RATE_HZ, LENGTH), 1, Bench.SAMPLING, clock);

  @Test
  void saysWhatASessionSays() throws Exception {
    loading.complete(bench.networks);
    live.run(loading, RECORDING, ears);
    try (ContinuationSession session = bench.open(1)) {
      assertThat(ears.said).isEqualTo(Bench.run(session, RECORDING));
    }
    assertThat(bench.ledger.open()).isZero();
  }

  @Test
  void hearsThePromptAtThePaceOfAMicrophone() throws Exception {
    loading.complete(bench.networks);
    live.run(loading, RECORDING, ears);
    assertThat(ears.heard).hasSize(101).startsWith(20, 40, 60).endsWith(2000, 2010);
    assertThat(clock.now).isEqualTo(LENGTH * MILLI);
  }

  @Test
  void audioWaitsForTheNetworks() throws Exception {
    clock.at(777 * MILLI, () -> loading.complete(bench.networks));
    LiveContinuation.Outcome outcome = live.run(loading, RECORDING, ears);
    assertThat(ears.heard).startsWith(0, 20, 40).containsSubsequence(760, 780, 800);
    assertThat(outcome.loadingNanos()).isZero();
    assertThat(outcome.catchUpNanos()).isZero();
    assertThat(outcome.firstAudioNanos()).isZero();
  }

  @Test
  void timesTheWayToTheFirstAudio() throws Exception {
    loading.complete(bench.networks);
    Map<Stage, Long> cost = Map.of(Stage.DECODE, 7 * MILLI, Stage.VOCODE, 11 * MILLI);
    bench.ledger.onWork(stage -> clock.now += cost.getOrDefault(stage, 0L));
    LiveContinuation.Outcome outcome = live.run(loading, RECORDING, ears);
    assertThat(outcome.firstAudioNanos())
        .isPositive()
        .isEqualTo(outcome.continuation().firstAudio().totalNanos());
  }

  @Test
  void timesLoadingAndCatchingUp() throws Exception {
    CompletableFuture<Networks> late =
        new CompletableFuture<>() {
          @Override
          public Networks get() throws InterruptedException, ExecutionException {
            clock.now += 40 * MILLI;
            return super.get();
          }
        };
    clock.at(LENGTH * MILLI, () -> late.complete(bench.networks));
    bench.ledger.onWork(stage -> clock.now += 5 * MILLI);
    LiveContinuation.Outcome outcome = live.run(late, RECORDING, ears);
    assertThat(outcome.loadingNanos()).isEqualTo(40 * MILLI);
    assertThat(outcome.catchUpNanos()).isEqualTo(2 * 5 * MILLI);
    assertThat(outcome.firstAudioNanos())
        .isEqualTo(50 * MILLI + outcome.continuation().firstAudio().totalNanos());
  }

  @Test
  void passesOnWhyTheNetworksCouldNotBeLoaded() {
    loading.completeExceptionally(new IllegalStateException("no"));
    assertThatThrownBy(() -> live.run(loading, RECORDING, ears))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no");
  }

  private static final class ManualClock implements LiveContinuation.Clock {
    private long now;
    private long actionNanos = Long.MAX_VALUE;
    private Runnable action = () -> {};

    void at(long nanos, Runnable then) {
      actionNanos = nanos;
      action = then;
    }

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void sleepUntil(long nanos) {
      assertThat(nanos).isGreaterThan(now);
      now = nanos;
      if (now >= actionNanos) {
        action.run();
      }
    }
  }

  private static final class Ears implements LiveContinuation.Listener {
    private final List<Integer> heard = new ArrayList<>();
    private float[] said = {};

    @Override
    public void heard(int samples) {
      heard.add(samples);
    }

    @Override
    public void said(float[] samples) {
      said = Samples.concat(said, Arrays.copyOf(samples, samples.length));
    }
  }
}
