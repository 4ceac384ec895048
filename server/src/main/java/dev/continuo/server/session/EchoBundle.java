// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.v1.BundleInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * No models at all: every chunk goes back as it came, at once. Measures transport alone.
 *
 * <p><i>Immutable.</i>
 */
public final class EchoBundle implements VoiceBundle {
  /** Its name. */
  public static final String NAME = "echo";

  private static final int RATE_HZ = 16_000;
  private static final StageTimes NO_TIME =
      new StageTimes(
          Arrays.stream(Stage.values()).collect(Collectors.toMap(Function.identity(), s -> 0L)));

  private final Ticker ticker;

  /** Echoes by a clock. */
  public EchoBundle(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public BundleInfo info() {
    return BundleInfo.newBuilder()
        .setName(NAME)
        .setFingerprint(NAME)
        .setInputSampleRateHertz(RATE_HZ)
        .setOutputSampleRateHertz(RATE_HZ)
        .setPrecision("none")
        .setDevice("cpu")
        .build();
  }

  @Override
  public boolean echoes() {
    return true;
  }

  @Override
  public Voice open(Request request, Seats.Seat seat, Consumer<Voice.Event> listener) {
    return new Echo(request.inputRateHz(), listener, seat);
  }

  @Override
  public Optional<Research> research() {
    return Optional.empty();
  }

  private final class Echo implements Voice {
    private final int rateHz;
    private final Consumer<Event> listener;
    private final Seats.Seat seat;
    private long heardSamples;

    Echo(int rateHz, Consumer<Event> listener, Seats.Seat seat) {
      this.rateHz = rateHz;
      this.listener = listener;
      this.seat = seat;
    }

    @Override
    public int sampleRateHz() {
      return rateHz;
    }

    @Override
    public void hear(float[] samples) {
      heardSamples += samples.length;
      listener.accept(new Said(samples, List.of(), List.of(), NO_TIME, ticker.nanos()));
      listener.accept(new Heard(heardSamples, List.of()));
    }

    @Override
    public void commit() {
      listener.accept(new Committed());
      listener.accept(new Ended(Continuation.End.MODEL, NO_TIME));
    }

    @Override
    public void allow(long samples) {}

    @Override
    public void close() {
      seat.free();
    }
  }
}
