// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers a message that is too large, or that is none, by a status. The transport's own limit
 * resets the stream, so that the client would see no more than a cancelled call; it stands higher,
 * against worse. What gRPC makes of bytes that are no message says nothing either.
 *
 * <p><i>Thread-safe: immutable.</i>
 */
final class MessageLimit {
  /** What the transport lets through to be refused here. */
  static final int TRANSPORT_BYTES = 32 << 20;

  private static final Status BROKEN =
      Status.INVALID_ARGUMENT.withDescription(
          "message: no protobuf of this call's type (expected: one, as continuo.v1 has it)");

  private final int maxBytes;

  MessageLimit(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The service with its messages limited. */
  ServerServiceDefinition limited(ServerServiceDefinition service) {
    ServiceDescriptor whole = service.getServiceDescriptor();
    ServiceDescriptor.Builder described =
        ServiceDescriptor.newBuilder(whole.getName())
            .setSchemaDescriptor(whole.getSchemaDescriptor());
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> one = limited(method);
      methods.add(one);
      described.addMethod(one.getMethodDescriptor());
    }
    ServerServiceDefinition.Builder limited = ServerServiceDefinition.builder(described.build());
    methods.forEach(limited::addMethod);
    return limited.build();
  }

  private <Q, A> ServerMethodDefinition<Q, A> limited(ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
    Marshaller<Q> requests =
        new Marshaller<>(
            (MethodDescriptor.PrototypeMarshaller<Q>) descriptor.getRequestMarshaller(), maxBytes);
    return ServerMethodDefinition.create(
        descriptor.toBuilder(requests, descriptor.getResponseMarshaller()).build(),
        (call, headers) -> start(method.getServerCallHandler(), requests, call, headers));
  }

  private <Q, A> ServerCall.Listener<Q> start(
      ServerCallHandler<Q, A> handler,
      Marshaller<Q> requests,
      ServerCall<Q, A> call,
      Metadata headers) {
    Closable<Q, A> closable = new Closable<>(call);
    return new SimpleForwardingServerCallListener<Q>(handler.startCall(closable, headers)) {
      @Override
      public void onMessage(Q message) {
        Status refusal =
            message == requests.tooLarge
                ? tooLarge()
                : message == requests.broken ? BROKEN : Status.OK;
        if (refusal.isOk()) {
          super.onMessage(message);
        } else if (closable.refuse(refusal)) {
          super.onCancel(); // frees what the call holds
        }
      }
    };
  }

  private Status tooLarge() {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "message too large (expected: at most " + maxBytes + " bytes)");
  }

  /** Reads messages, but of those that are too large or broken only that they are. */
  private static final class Marshaller<Q> implements MethodDescriptor.PrototypeMarshaller<Q> {
    private final MethodDescriptor.PrototypeMarshaller<Q> messages;
    private final int maxBytes;
    private final Q tooLarge;
    private final Q broken;

    Marshaller(MethodDescriptor.PrototypeMarshaller<Q> messages, int maxBytes) {
      this.messages = messages;
      this.maxBytes = maxBytes;
      this.tooLarge = another(messages);
      this.broken = another(messages);
    }

    @SuppressWarnings("unchecked") // a message's own builder makes its own kind
    private static <Q> Q another(MethodDescriptor.PrototypeMarshaller<Q> messages) {
      return (Q) ((Message) messages.getMessagePrototype()).newBuilderForType().build();
    }

    @Override
    public InputStream stream(Q message) {
      return messages.stream(message);
    }

    @Override
    public Q parse(InputStream stream) {
      try {
        return stream.available() > maxBytes ? tooLarge : messages.parse(stream);
      } catch (StatusRuntimeException e) {
        return broken;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Q getMessagePrototype() {
      return messages.getMessagePrototype();
    }

    @Override
    public Class<Q> getMessageClass() {
      return messages.getMessageClass();
    }
  }

  /** A call that can be ended beside its handler. <i>Thread-safe: by its lock.</i> */
  private static final class Closable<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private boolean refused;

    Closable(ServerCall<Q, A> call) {
      super(call);
    }

    synchronized boolean refuse(Status why) {
      boolean first = !refused;
      refused = true;
      if (first) {
        delegate().close(why, new Metadata());
      }
      return first;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!refused) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!refused) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!refused) {
        refused = true;
        super.close(status, trailers);
      }
    }
  }
}
