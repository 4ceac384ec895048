// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * Passes what a server says to a listener, one message at a time.
 *
 * <p><i>Serialised by gRPC.</i>
 */
final class Receiver implements ClientResponseObserver<ClientMessage, ServerMessage> {
  private final String address;
  private final AudioEncoder encoder;
  private final ConversationOptions options;
  private final ConversationListener listener;
  private volatile boolean begun;
  private @Nullable Conversation conversation;
  private @Nullable EndSession end;

  Receiver(
      String address,
      SessionConfig config,
      ConversationOptions options,
      ConversationListener listener) {
    this.address = address;
    this.encoder = AudioEncoder.of(config.getInput());
    this.options = options;
    this.listener = listener;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ClientMessage> call) {
    call.disableAutoRequestWithInitial(options.initialMessages());
    call.setOnReadyHandler(this::ready);
    Conversation opened = new Conversation(call, encoder);
    conversation = opened;
    listener.opened(opened);
  }

  /** What was opened, once the call has started. */
  Conversation conversation() {
    if (conversation == null) {
      throw new IllegalStateException("not started");
    }
    return conversation;
  }

  /** Sends the config; only from now on may others send, so only now may they be told to. */
  Conversation begin(ClientMessage config) {
    Conversation opened = conversation();
    opened.send(config);
    begun = true;
    return opened;
  }

  private void ready() {
    if (begun) {
      listener.ready();
    }
  }

  @Override
  public void onNext(ServerMessage message) {
    if (message.hasEnd()) {
      end = message.getEnd();
    }
    listener.message(message);
    if (!options.manual()) {
      conversation().request(1);
    }
  }

  @Override
  public void onError(Throwable thrown) {
    listener.failed(Failure.of(address, thrown));
  }

  @Override
  public void onCompleted() {
    if (end == null) {
      Status early = Status.UNKNOWN.withDescription("the stream ended without EndSession");
      onError(early.asRuntimeException());
    } else {
      listener.ended(end);
    }
  }
}
