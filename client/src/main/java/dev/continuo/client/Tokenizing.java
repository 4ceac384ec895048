// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.ByteString;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.TokenizeConfig;
import dev.continuo.v1.TokenizeRequest;
import dev.continuo.v1.TokenizeResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A running Tokenize call: pulls audio as there is room, keeps no more than one response.
 *
 * <p><i>Thread-safe: one lock; read by one thread.</i>
 */
final class Tokenizing
    implements ClientResponseObserver<TokenizeRequest, TokenizeResponse>,
        Iterator<TokenizeResponse> {
  private final String address;
  private final TokenizeConfig config;
  private final Iterator<ByteString> audio;
  private final Object lock = new Object();
  private final Queue<TokenizeResponse> responses = new ArrayDeque<>();
  private @Nullable ClientCallStreamObserver<TokenizeRequest> call;
  private @Nullable ServerException failure;
  private boolean configured;
  private boolean sent;
  private boolean ended;

  Tokenizing(String address, TokenizeConfig config, Iterator<ByteString> audio) {
    this.address = address;
    this.config = config;
    this.audio = audio;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<TokenizeRequest> started) {
    call = started;
    started.disableAutoRequestWithInitial(1);
    started.setOnReadyHandler(() -> send(started));
  }

  private void send(ClientCallStreamObserver<TokenizeRequest> to) {
    while (to.isReady() && !sent) {
      TokenizeRequest.Builder request = TokenizeRequest.newBuilder();
      if (!configured) {
        configured = true;
        to.onNext(request.setConfig(config).build());
      } else if (audio.hasNext()) {
        to.onNext(request.setAudio(AudioChunk.newBuilder().setData(audio.next())).build());
      } else {
        sent = true;
        to.onCompleted();
      }
    }
  }

  @Override
  public void onNext(TokenizeResponse response) {
    synchronized (lock) {
      responses.add(response);
      lock.notifyAll();
    }
  }

  @Override
  public void onError(Throwable thrown) {
    synchronized (lock) {
      ended = true;
      failure = Failure.of(address, thrown);
      lock.notifyAll();
    }
  }

  @Override
  public void onCompleted() {
    synchronized (lock) {
      ended = true;
      lock.notifyAll();
    }
  }

  @Override
  public boolean hasNext() {
    synchronized (lock) {
      try {
        while (responses.isEmpty() && !ended) {
          lock.wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        cancel();
        throw Failure.of(address, e);
      }
      if (responses.isEmpty() && failure != null) {
        throw failure;
      }
      return !responses.isEmpty();
    }
  }

  @Override
  public TokenizeResponse next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    synchronized (lock) {
      ClientCallStreamObserver<TokenizeRequest> running = call;
      if (running != null) {
        running.request(1);
      }
      return responses.remove();
    }
  }

  private void cancel() {
    ClientCallStreamObserver<TokenizeRequest> running = call;
    if (running != null) {
      running.cancel("interrupted", null);
    }
  }
}
