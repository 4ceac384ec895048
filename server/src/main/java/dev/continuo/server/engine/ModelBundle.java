// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.ContinuationSession;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Prompt;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import dev.continuo.v1.BundleInfo;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A bundle whose networks the engine runs.
 *
 * <p><i>Thread-safe: immutable.</i>
 */
public final class ModelBundle implements VoiceBundle {
  /** What steps of the warm-up are told of as the session of. */
  public static final String WARM_UP = "warm-up";

  private static final double WARM_UP_SECONDS = 2;

  /** A large model need not say all of it: what is slow there is arithmetic. */
  private static final long WARM_UP_NANOS = 250_000_000;

  private final BundleInfo info;
  private final Networks networks;
  private final UnitLanguageModel.Rows rows;
  private final Engine engine;
  private final Seats seats;
  private final Ticker ticker;

  /**
   * A bundle in an engine.
   *
   * @param networks borrowed until the engine is closed
   * @param rows of their language model, one a seat; borrowed as long
   * @param seats room for its sessions, shared with other bundles
   */
  public ModelBundle(
      BundleInfo info,
      Networks networks,
      UnitLanguageModel.Rows rows,
      Engine engine,
      Seats seats,
      Ticker ticker) {
    this.info = info;
    this.networks = networks;
    this.rows = rows;
    this.engine = engine;
    this.seats = seats;
    this.ticker = ticker;
  }

  /**
   * Speaks a little to nobody, so that the first client does not wait for what happens once: code
   * compiled, memory taken. The engine must run.
   *
   * @throws InterruptedException if interrupted
   * @throws RuntimeException if the bundle cannot speak
   */
  public void warmUp() throws InterruptedException {
    int rateHz = networks.encoder().sampleRateHz();
    Request request = new Request(WARM_UP, rateHz, rateHz, WARM_UP_SECONDS, Sampling.defaults(0));
    BlockingQueue<Voice.Event> events = new LinkedBlockingQueue<>();
    Voice voice = open(request, events::add);
    try {
      voice.allow(Long.MAX_VALUE);
      voice.hear(noise(rateHz / 2));
      voice.commit();
      long end = ticker.nanos() + WARM_UP_NANOS;
      for (Voice.Event event = events.take();
          !(event instanceof Voice.Ended) && !(event instanceof Voice.Said && ticker.nanos() > end);
          event = events.take()) {
        if (event instanceof Voice.Failed failed) {
          throw failed.cause();
        }
      }
    } finally {
      voice.close();
    }
  }

  private static float[] noise(int length) {
    Random random = new Random(1);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = 0.1f * (float) random.nextGaussian();
    }
    return samples;
  }

  /**
   * Positions of the context that a session needs at most.
   *
   * @param limits what clients may ask for
   */
  public static int positions(Networks networks, ServerLimits limits) {
    int rateHz = networks.encoder().sampleRateHz();
    Prompt prompt = new Prompt("audio", rateHz, (long) limits.maxPromptMillis() * rateHz / 1000);
    return ContinuationSession.positions(networks, prompt, limits.maxContinuationMillis() / 1e3);
  }

  @Override
  public BundleInfo info() {
    return info;
  }

  @Override
  public boolean echoes() {
    return false;
  }

  @Override
  public Optional<Research> research() {
    return Optional.of(new ModelResearch(info, networks, engine, seats, ticker));
  }

  /**
   * Opens a voice in the first free seat.
   *
   * @throws SessionFailure if there is none
   */
  Voice open(Request request, Consumer<Voice.Event> listener) {
    return open(request, seats.take(), listener);
  }

  @Override
  public Voice open(Request request, Seats.Seat seat, Consumer<Voice.Event> listener) {
    EngineVoice voice =
        new EngineVoice(info.getName(), engine, networks, rows, request, listener, seat, ticker);
    engine.add(voice);
    return voice;
  }
}
