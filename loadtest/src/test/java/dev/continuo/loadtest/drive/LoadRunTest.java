// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import static dev.continuo.loadtest.drive.SimulatedServer.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.continuo.loadtest.measure.Distributions;
import dev.continuo.loadtest.measure.Measures;
import dev.continuo.loadtest.measure.Metric;
import dev.continuo.loadtest.measure.Outcome;
import dev.continuo.loadtest.measure.SessionRecord;
import dev.continuo.loadtest.measure.Timeline;
import dev.continuo.loadtest.plan.Arrivals;
import dev.continuo.loadtest.plan.Behaviour;
import dev.continuo.loadtest.plan.Codec;
import dev.continuo.loadtest.plan.Lengths;
import dev.continuo.loadtest.plan.Prompts;
import dev.continuo.loadtest.plan.Workload;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whole runs in a time of their own. */
class LoadRunTest {
  private static final long SECOND = 1000 * MS;
  private static final Prompts PROMPTS = Prompts.bundled(Codec.PCM16);

  private final FakeTicker ticker = new FakeTicker();
  private final Pacer pacer = new Pacer(ticker);
  private final SimulatedServer server = new SimulatedServer(ticker, pacer);
  private final List<SessionRecord> records = new ArrayList<>();
  private final Measures measures = new Measures();

  private double promptSeconds = 0.2;
  private double stallShare;
  private double vanishShare;
  private int turns = 1;
  private long rampNanos;
  private long warmUpNanos;
  private long commitDelayNanos;

  private LoadRun start(@Nullable Arrivals arrivals, int people, long durationNanos) {
    RunSettings settings =
        new RunSettings(
            null,
            Codec.PCM16,
            true,
            arrivals,
            people,
            turns,
            rampNanos,
            warmUpNanos,
            durationNanos,
            SECOND,
            commitDelayNanos,
            200 * MS);
    Workload workload =
        new Workload(
            PROMPTS,
            Lengths.fixed(promptSeconds),
            Lengths.fixed(0.3),
            Lengths.fixed(0.5),
            stallShare,
            vanishShare,
            1);
    LoadRun run = new LoadRun(settings, workload, ticker, pacer, server, this::over);
    run.start();
    return run;
  }

  private void over(SessionRecord record) {
    records.add(record);
    measures.add(record);
  }

  private static Arrivals perSecond(double rate) {
    return new Arrivals(Arrivals.Pattern.CONSTANT, rate, 1, 0);
  }

  /** Lets time pass, task by task. */
  private void until(long nanos) {
    for (long next = pacer.doWork(); next <= nanos; next = pacer.doWork()) {
      ticker.advanceTo(next);
    }
    ticker.advanceTo(nanos);
    pacer.doWork();
  }

  @Test
  void everyFrameGoesOutAtItsTimeAndTheCommitWithTheLast() {
    start(perSecond(1), 0, SECOND / 2);
    until(3 * SECOND);
    SessionRecord record = records.get(0);
    SimulatedServer.Session seen = server.sessions.get(0);
    long first = record.plan().phaseNanos();
    assertThat(seen.frameNanos)
        .hasSize(10)
        .allSatisfy(at -> assertThat((at - first) % (20 * MS)).isZero());
    assertThat(seen.frameNanos.get(9)).isEqualTo(first + 180 * MS);
    assertThat(seen.frames.get(3)).isEqualTo(record.plan().recording().firstFrame() + 3);
    assertThat(record.times().commitNanos()).isEqualTo(first + 180 * MS);
    assertThat(record.outcome()).isEqualTo(Outcome.COMPLETED);
  }

  @Test
  void measuresFirstAudioFromThePromptsEndAndFromTheCommit() {
    commitDelayNanos = 300 * MS;
    start(perSecond(5), 0, 4 * SECOND);
    until(8 * SECOND);
    assertThat(percentile(Metric.FIRST_AUDIO_AFTER_COMMIT_MS, 50)).isCloseTo(100, within(0.1));
    assertThat(percentile(Metric.FIRST_AUDIO_MS, 50)).isCloseTo(400, within(0.3));
  }

  @Test
  void theFirstAudibleAudioIsNotTheFirstPieceWhereThatIsSilent() {
    server.silenceFirst = true;
    start(perSecond(5), 0, SECOND);
    until(4 * SECOND);
    assertThat(percentile(Metric.FIRST_AUDIO_AFTER_COMMIT_MS, 50)).isCloseTo(100, within(0.1));
    assertThat(percentile(Metric.FIRST_AUDIBLE_AFTER_COMMIT_MS, 50)).isCloseTo(200, within(0.2));
    assertThat(records.get(0).heard().leadingSilenceNanos()).isEqualTo(100 * MS);
  }

  @Test
  void percentilesAreThoseOfTheServerAndItsStallShowsInFull() {
    server.latencyMillis = number -> 100 + 7L * number % 200;
    server.delivery = at -> at >= 20 * SECOND && at < 22 * SECOND ? 22 * SECOND : at;
    start(perSecond(50), 0, 60 * SECOND);
    until(70 * SECOND);
    Histogram expected = Distributions.histogram();
    for (SessionRecord record : records) {
      long commit = record.times().commitNanos();
      long told = commit + server.latencyMillis.applyAsLong(record.plan().number()) * MS;
      expected.recordValue((server.delivery.applyAsLong(told) - commit) / 1000);
    }
    assertThat(records).hasSize(3000).allMatch(r -> r.outcome() == Outcome.COMPLETED);
    for (double percent : new double[] {10, 50, 90, 95, 99, 99.9, 100}) {
      assertThat(percentile(Metric.FIRST_AUDIO_AFTER_COMMIT_MS, percent))
          .isCloseTo(expected.getValueAtPercentile(percent) / 1e3, within(0.002));
    }
    assertThat(percentile(Metric.FIRST_AUDIO_AFTER_COMMIT_MS, 100)).isBetween(2000.0, 2310.0);
  }

  @Test
  void aDriverThatIsLateMeasuresFromTheIntendedTimesAllTheSame() {
    start(perSecond(1), 0, SECOND / 2);
    pacer.doWork();
    until(100 * MS);
    ticker.advanceTo(SECOND); // the driver hangs for 0.9 s: frames and commit go out late
    until(4 * SECOND);
    SessionRecord record = records.get(0);
    long late = SECOND - record.times().commitNanos();
    assertThat(record.times().committedNanos()).isEqualTo(SECOND);
    assertThat(record.firstAudioNanos()).isEqualTo(late + 100 * MS);
    assertThat(record.sent().maxLatenessNanos()).isGreaterThan(800 * MS);
    assertThat(record.sent().catchUpFrames()).isPositive();
    assertThat(record.sent().frames()).isEqualTo(10);
  }

  @Test
  void latenessIsRecordedForEverySendOfAMeasuredSession() {
    LoadRun run = start(perSecond(1), 0, SECOND / 2);
    until(3 * SECOND);
    Histogram lateness = run.takeLateness();
    assertThat(lateness.getTotalCount()).as("config, 10 frames, commit").isEqualTo(12);
    assertThat(lateness.getMaxValue()).isZero();
  }

  @Test
  void theWarmUpIsNotMeasured() {
    warmUpNanos = 2 * SECOND;
    LoadRun run = start(perSecond(2), 0, 3 * SECOND);
    until(8 * SECOND);
    assertThat(measures.warmUp()).isEqualTo(4);
    assertThat(measures.turns()).isEqualTo(6);
    assertThat(run.takeLateness().getTotalCount()).isEqualTo(6 * 12);
  }

  @Test
  void peopleOfAClosedLoopListenAndThinkBeforeTheySpeakAgain() {
    start(null, 2, 10 * SECOND);
    until(20 * SECOND);
    SessionRecord first = records.get(0);
    SessionRecord next =
        records.stream().filter(r -> r.plan().number() == 2).findFirst().orElseThrow();
    assertThat(next.turn()).isEqualTo(1);
    assertThat(next.times().arrivalNanos()).isEqualTo(first.heard().playEndNanos() + SECOND / 2);
    assertThat(measures.started()).isBetween(14, 18);
  }

  @Test
  void peopleOfAClosedLoopBeginOneAfterTheOther() {
    rampNanos = 4 * SECOND;
    start(null, 4, SECOND);
    until(500 * MS);
    assertThat(server.sessions).hasSize(1);
    until(10 * SECOND);
    assertThat(server.sessions).hasSize(1);
  }

  @Test
  void peopleOfAnOpenLoopTakeTheirTurns() {
    turns = 3;
    start(perSecond(1), 0, 6 * SECOND);
    until(20 * SECOND);
    assertThat(records).extracting(SessionRecord::turn).contains(0, 1, 2).doesNotContain(3);
  }

  @Test
  void rejectedSessionsAreCountedWithTheirTime() {
    server.most = 1;
    start(perSecond(10), 0, 2 * SECOND);
    until(6 * SECOND);
    assertThat(measures.outcome(Outcome.REJECTED)).isPositive();
    assertThat(measures.outcome(Outcome.REJECTED) + measures.outcome(Outcome.COMPLETED))
        .isEqualTo(20);
    assertThat(measures.errors()).containsOnlyKeys("RESOURCE_EXHAUSTED:TOO_MANY_SESSIONS");
    assertThat(percentile(Metric.REJECT_MS, 100)).isCloseTo(1, within(0.01));
  }

  @Test
  void aRefusingServerIsNotHammered() {
    server.most = 0;
    start(null, 1, 10 * SECOND);
    until(20 * SECOND);
    assertThat(server.sessions).hasSize(10);
  }

  @Test
  void everySessionIsAccountedForWhenTheServerDies() {
    start(perSecond(10), 0, 4 * SECOND);
    until(2 * SECOND);
    server.die();
    until(8 * SECOND);
    assertThat(records).hasSize(40).hasSameSizeAs(server.sessions);
    assertThat(measures.outcome(Outcome.COMPLETED) + measures.outcome(Outcome.FAILED))
        .isEqualTo(40);
    assertThat(measures.errors()).containsOnlyKeys("UNAVAILABLE");
  }

  @Test
  void whatIsLeftAtTheEndIsGivenUpAndCounted() {
    server.latencyMillis = number -> 1_000_000;
    LoadRun run = start(perSecond(10), 0, SECOND);
    until(2 * SECOND);
    assertThat(run.active()).isEqualTo(10);
    assertThat(run.idle()).isFalse();
    assertThat(run.settled()).isFalse();
    run.giveUp(Outcome.INTERRUPTED, "INTERRUPTED", "stopped");
    assertThat(run.active()).isZero();
    assertThat(run.idle()).isTrue();
    assertThat(run.settled()).isTrue();
    assertThat(records).hasSize(10).allMatch(r -> r.outcome() == Outcome.INTERRUPTED);
    assertThat(server.sessions).allMatch(s -> s.aborted);
    until(3 * SECOND);
    assertThat(records).as("none twice").hasSize(10);
  }

  @Test
  void aPacerThatIsFarTooLateStillOpensEverythingBeforeTheEnd() {
    LoadRun run = start(perSecond(10), 0, SECOND);
    ticker.advanceTo(5 * SECOND);
    pacer.at(5 * SECOND, at -> run.giveUp(Outcome.INTERRUPTED, "INTERRUPTED", "stopped"));
    assertThat(run.settled()).isFalse();
    pacer.doWork();
    assertThat(run.settled()).isTrue();
    assertThat(records).hasSize(10);
  }

  @Test
  void clientsThatVanishAndStallAreNotMeasured() {
    vanishShare = 0.3;
    stallShare = 0.3;
    LoadRun run = start(perSecond(20), 0, 5 * SECOND);
    until(9 * SECOND);
    run.giveUp(Outcome.FAILED, "TIMEOUT", "not over");
    assertThat(records).hasSize(100);
    assertThat(measures.outcome(Outcome.VANISHED)).isBetween(15, 45);
    assertThat(measures.outcome(Outcome.STALLED)).isBetween(15, 45);
    assertThat(measures.outcome(Outcome.STALLED)).isEqualTo(planned(Behaviour.STALL));
    assertThat(measures.turns()).isEqualTo(measures.outcome(Outcome.COMPLETED));
  }

  @Test
  void theRunDoesNotWaitForClientsThatStall() {
    stallShare = 1;
    server.latencyMillis = number -> 1_000_000;
    LoadRun run = start(perSecond(10), 0, SECOND);
    until(SECOND / 2);
    assertThat(run.idle()).isFalse();
    until(2 * SECOND);
    assertThat(run.active()).isEqualTo(10);
    assertThat(run.idle()).isTrue();
  }

  @Test
  void aSessionThatLosesAPieceHasFailedAndLendsNothingToThePercentiles() {
    server.loseAPiece = true;
    start(perSecond(1), 0, SECOND / 2);
    until(3 * SECOND);
    assertThat(records.get(0).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(records.get(0).message()).isEqualTo("audio.sequence_number: 2 (expected: 1)");
    assertThat(measures.errors()).containsEntry("PROTOCOL", 1);
    assertThat(measures.distributions().total(Metric.FIRST_AUDIO_MS).getTotalCount()).isZero();
  }

  @Test
  void aGapThatAListenerHearsIsAnUnderrunOfThatLength() {
    promptSeconds = 0.5; // commits within 0.48 to 0.5 s, pieces 0.1, 0.2 and 0.3 s after that
    server.delivery = at -> at >= 750 * MS ? at + SECOND : at;
    start(perSecond(100), 0, 10 * MS);
    until(5 * SECOND);
    SessionRecord record = records.get(0);
    assertThat(record.heard().underruns()).isEqualTo(1);
    assertThat(record.heard().continuous()).isFalse();
    assertThat(record.heard().longestGapNanos()).as("it held 100 ms more").isEqualTo(900 * MS);
    assertThat(measures.continuousTurns()).isZero();
  }

  @Test
  void timesThatNeverCameAreSaidToBeNever() {
    server.most = 0;
    start(perSecond(1), 0, SECOND / 2);
    until(SECOND);
    Timeline times = records.get(0).times();
    assertThat(times.startedNanos()).isEqualTo(Timeline.NEVER);
    assertThat(times.firstPacketNanos()).isEqualTo(Timeline.NEVER);
    assertThat(times.endedNanos()).isEqualTo(MS);
  }

  private int planned(Behaviour behaviour) {
    return (int) records.stream().filter(r -> r.plan().behaviour() == behaviour).count();
  }

  private double percentile(Metric metric, double percent) {
    return measures.distributions().percentile(metric, percent);
  }
}
