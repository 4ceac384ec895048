// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import dev.continuo.model.InputException;
import dev.continuo.server.session.Results;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.wire.Reasons;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results of a research call as its client's messages.
 *
 * <p><i>Thread-safe for one producer at a time.</i>
 */
final class CallResults<T> implements Results<T> {
  private static final Logger LOG = LoggerFactory.getLogger(CallResults.class);

  private final ServerCallStreamObserver<T> client;
  private final String id;
  private volatile boolean over;

  /**
   * Results to a client.
   *
   * @param wake called when results are wanted again or nobody waits any more
   */
  CallResults(ServerCallStreamObserver<T> client, String id, Runnable wake) {
    this.client = client;
    this.id = id;
    client.setOnReadyHandler(wake);
    client.setOnCancelHandler(
        () -> {
          over = true;
          wake.run();
        });
  }

  @Override
  public boolean isReady() {
    return client.isReady();
  }

  @Override
  public boolean gone() {
    return over;
  }

  @Override
  public synchronized void next(T result) {
    if (!over) {
      client.onNext(result);
    }
  }

  @Override
  public synchronized void complete() {
    if (!over) {
      over = true;
      client.onCompleted();
    }
  }

  @Override
  public synchronized void fail(RuntimeException cause) {
    if (!over) {
      over = true;
      client.onError(status(cause));
    }
  }

  private StatusRuntimeException status(RuntimeException cause) {
    if (cause instanceof SessionFailure failure) {
      return StatusMapper.of(failure);
    }
    if (cause instanceof InputException input) {
      return StatusMapper.of(
          SessionFailure.of(Reasons.INVALID_AUDIO, String.valueOf(input.getMessage())));
    }
    LOG.error("defect, request {}", id, cause);
    return StatusMapper.defect(id);
  }
}
