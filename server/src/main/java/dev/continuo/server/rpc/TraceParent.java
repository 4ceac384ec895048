// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Keeps the W3C {@code traceparent} of a call's metadata for who handles the call.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
final class TraceParent implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> PARENT = Context.keyWithDefault("traceparent", "");

  /** That of the current call; empty without one. */
  static String current() {
    return PARENT.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String parent = headers.get(HEADER);
    return parent == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(PARENT, parent), call, headers, next);
  }
}
