// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.UnitSpan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A bundle of one voice at 24 kHz and 25 Hz that keeps what it is told; the test says its events.
 */
final class FakeVoice implements VoiceBundle, Voice {
  static final int RATE_HZ = 24_000;

  @Nullable Request request;
  long heardSamples;
  long allowed;
  boolean committed;
  boolean closed;
  int rests;
  long waitsSinceNanos = Long.MAX_VALUE;
  Seats.@Nullable Seat seat;

  static StageTimes times(Map<Stage, Long> millis) {
    return new StageTimes(
        Arrays.stream(Stage.values())
            .collect(Collectors.toMap(s -> s, s -> 1_000_000 * millis.getOrDefault(s, 0L))));
  }

  /** Speech of so many milliseconds, a unit of two frames beginning with it. */
  static Said said(int millis, long atNanos) {
    return new Said(
        new float[RATE_HZ / 1000 * millis],
        List.of(7),
        List.of(UnitSpan.newBuilder().setUnit(7).setDurationFrames(2).build()),
        times(Map.of(Stage.TOKENIZE, 2L, Stage.DECODE, 30L, Stage.VOCODE, 5L, Stage.DURATIONS, 1L)),
        atNanos);
  }

  @Override
  public BundleInfo info() {
    return BundleInfo.newBuilder()
        .setName("fake")
        .setUnitRateHertz(25)
        .setUnitCount(50)
        .setOutputSampleRateHertz(RATE_HZ)
        .build();
  }

  @Override
  public boolean echoes() {
    return false;
  }

  @Override
  public Voice open(Request asked, Seats.Seat taken, Consumer<Event> listener) {
    seat = taken;
    request = asked;
    return this;
  }

  @Override
  public Optional<Research> research() {
    return Optional.empty();
  }

  @Override
  public int sampleRateHz() {
    return RATE_HZ;
  }

  @Override
  public void hear(float[] samples) {
    heardSamples += samples.length;
  }

  @Override
  public void commit() {
    committed = true;
  }

  @Override
  public void allow(long samples) {
    allowed = Math.max(allowed, samples);
  }

  @Override
  public void rest() {
    rests++;
  }

  @Override
  public long waitsSinceNanos() {
    return waitsSinceNanos;
  }

  @Override
  public void close() {
    closed = true;
    if (seat != null) {
      seat.free();
    }
  }
}
