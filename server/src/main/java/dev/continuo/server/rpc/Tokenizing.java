// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.server.session.AudioKind;
import dev.continuo.server.session.InputDecoder;
import dev.continuo.server.session.Research;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.ServerLimits;
import dev.continuo.server.session.Session;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.TokenizeConfig;
import dev.continuo.v1.TokenizeRequest;
import dev.continuo.v1.TokenizeResponse;
import dev.continuo.wire.Reasons;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Tokenize} call: audio to the engine, units to the client.
 *
 * <p>The next message is read while less than the input buffer's audio waits for the engine.
 * <i>Thread-safe: every method hands on to one order of tasks.</i>
 */
final class Tokenizing implements StreamObserver<TokenizeRequest>, Results<TokenizeResponse> {
  private static final int INPUT_HZ = 16_000;

  private final ServerCallStreamObserver<TokenizeResponse> client;
  private final CallResults<TokenizeResponse> results;
  private final Session.Surroundings around;
  private final Workers workers;
  private final Executor order;
  private @Nullable AudioKind kind;
  private @Nullable InputDecoder decoder;
  private Research.@Nullable Feed feed;
  private @Nullable Research research;
  private Future<?> idle;
  private boolean asked = true;
  private long consumedSamples;

  Tokenizing(
      String id,
      ServerCallStreamObserver<TokenizeResponse> client,
      Session.Surroundings around,
      Workers workers) {
    this.client = client;
    this.around = around;
    this.workers = workers;
    this.order = workers.serial();
    this.results = new CallResults<>(client, id, this::changed);
    client.disableAutoRequest();
    client.request(1);
    this.idle = armed();
  }

  @Override
  public void onNext(TokenizeRequest request) {
    run(
        () -> {
          asked = false;
          idle.cancel(false);
          take(request);
          idle = armed();
        });
  }

  @Override
  public void onError(Throwable failure) {
    changed();
  }

  @Override
  public void onCompleted() {
    run(
        () -> {
          idle.cancel(false);
          if (feed == null) {
            throw SessionFailure.of(
                Reasons.CONFIG_EXPECTED, "no message (expected: config, then audio)");
          }
          feed.finish();
        });
  }

  private Future<?> armed() {
    ServerLimits limits = around.limits();
    return workers.after(
        TimeUnit.MILLISECONDS.toNanos(limits.maxIdleMillis()),
        () ->
            fail(
                SessionFailure.of(
                    Reasons.IDLE_TIMEOUT,
                    "nothing from the client for %d ms (expected: audio or its end)"
                        .formatted(limits.maxIdleMillis()))));
  }

  private void changed() {
    run(
        () -> {
          if (research != null) {
            research.wake();
          }
        });
  }

  private void take(TokenizeRequest request) {
    switch (request.getMessageTypeCase()) {
      case CONFIG -> start(request.getConfig());
      case AUDIO -> hear(request.getAudio());
      case MESSAGETYPE_NOT_SET ->
          throw SessionFailure.of(
              Reasons.EMPTY_MESSAGE, "a message of no known type (expected: audio)");
    }
  }

  private void start(TokenizeConfig config) {
    if (feed != null) {
      throw SessionFailure.of(
          Reasons.CONFIG_TWICE, "config: given twice (expected: in the first message only)");
    }
    AudioKind input = AudioKind.input("config.input", config.getInput(), INPUT_HZ);
    Research models =
        around
            .bundles()
            .find(config.hasBundle(), config.getBundle())
            .research()
            .orElseThrow(() -> SessionFailure.notBuilt("Tokenize"));
    feed = models.tokenize(input.rateHz(), config.getRaw(), this);
    research = models;
    kind = input;
    decoder =
        new InputDecoder(input, (long) around.limits().maxPromptMillis() * input.rateHz() / 1000);
  }

  private void hear(AudioChunk chunk) {
    if (feed == null || decoder == null) {
      throw SessionFailure.of(Reasons.CONFIG_EXPECTED, "first message: audio (expected: config)");
    }
    feed.hear(decoder.decode(chunk));
  }

  private void follow() {
    if (results.gone()) {
      idle.cancel(false);
      if (feed != null) {
        feed.close();
      }
      if (decoder != null) {
        decoder.close();
      }
    } else if (!asked && bufferedMillis() < around.limits().inputBufferMillis()) {
      asked = true;
      client.request(1);
    }
  }

  private long bufferedMillis() {
    return kind == null || decoder == null
        ? 0
        : (decoder.samples() - consumedSamples) * 1000 / kind.rateHz();
  }

  private void run(Runnable task) {
    order.execute(
        () -> {
          try {
            if (!results.gone()) {
              task.run();
            }
          } catch (RuntimeException e) {
            results.fail(e);
          }
          follow();
        });
  }

  @Override
  public boolean isReady() {
    return results.isReady();
  }

  @Override
  public boolean gone() {
    return results.gone();
  }

  @Override
  public void next(TokenizeResponse response) {
    if (response.getUnitsCount() > 0) {
      results.next(response);
    }
    run(() -> consumedSamples = response.getConsumedSamples());
  }

  @Override
  public void complete() {
    results.complete();
    run(() -> {});
  }

  @Override
  public void fail(RuntimeException cause) {
    results.fail(cause);
    run(() -> {});
  }
}
