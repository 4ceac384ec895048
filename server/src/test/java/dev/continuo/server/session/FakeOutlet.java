// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.ServerMessage.MessageTypeCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client that keeps what it is sent. */
final class FakeOutlet implements Outlet {
  final List<ServerMessage> sent = new ArrayList<>();
  boolean ready = true;
  boolean completed;
  @Nullable SessionFailure failure;

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void send(ServerMessage message) {
    open();
    sent.add(message);
  }

  @Override
  public void complete() {
    open();
    completed = true;
  }

  @Override
  public void fail(SessionFailure cause) {
    open();
    failure = cause;
  }

  /** The kinds of what was sent. */
  List<MessageTypeCase> kinds() {
    return sent.stream().map(ServerMessage::getMessageTypeCase).toList();
  }

  /** What was sent of a kind. */
  List<ServerMessage> of(MessageTypeCase kind) {
    return sent.stream().filter(m -> m.getMessageTypeCase() == kind).toList();
  }

  /** The reason of the failure, or nothing. */
  String reason() {
    return failure == null ? "" : failure.reason();
  }

  /** The failure there was. */
  SessionFailure failed() {
    return Objects.requireNonNull(failure);
  }

  private void open() {
    if (completed || failure != null) {
      throw new IllegalStateException("something after the end");
    }
  }
}
