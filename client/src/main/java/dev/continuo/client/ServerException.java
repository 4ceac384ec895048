// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that a server, or the network on the way to it, ended.
 *
 * <p>The message is one line: address, status and reason, what was wrong, and in brackets what to
 * do about it. <i>Immutable.</i>
 */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final String reason;
  private final String field;
  private final @Nullable Duration retryDelay;

  ServerException(
      String message,
      Status.Code code,
      String reason,
      String field,
      @Nullable Duration retryDelay,
      @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
    this.field = field;
    this.retryDelay = retryDelay;
  }

  /** The gRPC status. */
  public Status.Code code() {
    return code;
  }

  /** One of {@link dev.continuo.wire.Reasons}; empty where the server gave none. */
  public String reason() {
    return reason;
  }

  /** The field of the request that is meant, {@code sampling.top_p} for example, or empty. */
  public String field() {
    return field;
  }

  /** When the server says it makes sense to try again. */
  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }
}
