// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import dev.continuo.v1.EndSession;
import dev.continuo.v1.ServerMessage;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What has come in a {@link BlockingConversation} and was not taken yet, and who waits for what.
 *
 * <p><i>Thread-safe: one lock.</i>
 */
final class Inbox implements ConversationListener {
  /** Messages that may come without being taken. */
  static final int CREDIT = 32;

  /** Messages kept while a sender waits: an hour of acknowledgements, which are small. */
  static final int MAX_UNREAD = 16_384;

  private final Object lock = new Object();
  private final Queue<ServerMessage> messages = new ArrayDeque<>();
  private int requested = CREDIT;
  private boolean ended;
  private @Nullable ServerException failure;

  @Override
  public void message(ServerMessage message) {
    synchronized (lock) {
      messages.add(message);
      lock.notifyAll();
    }
  }

  @Override
  public void ready() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  @Override
  public void ended(EndSession end) {
    synchronized (lock) {
      ended = true;
      lock.notifyAll();
    }
  }

  @Override
  public void failed(ServerException reason) {
    synchronized (lock) {
      ended = true;
      failure = reason;
      lock.notifyAll();
    }
  }

  /**
   * Waits until there is room to send. Meanwhile messages are taken in beyond the credit: the end
   * of a conversation, behind them, would not be seen otherwise.
   *
   * @return whether there is anybody to send to
   */
  boolean awaitReady(Conversation conversation) throws InterruptedException {
    synchronized (lock) {
      while (!ended && !conversation.isReady()) {
        if (messages.size() >= requested) {
          makeRoom(conversation);
        }
        lock.wait();
      }
      if (failure != null) {
        throw failure;
      }
      return !ended;
    }
  }

  private void makeRoom(Conversation conversation) {
    if (requested >= MAX_UNREAD) {
      conversation.abort();
      throw new IllegalStateException(
          requested + " messages not taken (expected: next() while sending)");
    }
    requested += CREDIT;
    conversation.request(CREDIT);
  }

  /** Takes the next message, or waits for it. */
  Optional<ServerMessage> next(Conversation conversation) throws InterruptedException {
    synchronized (lock) {
      while (messages.isEmpty() && !ended) {
        lock.wait();
      }
      return poll(conversation);
    }
  }

  /** Takes the next message if it is there. */
  Optional<ServerMessage> poll(Conversation conversation) {
    synchronized (lock) {
      ServerMessage message = messages.poll();
      if (message == null) {
        if (failure != null) {
          throw failure;
        }
        return Optional.empty();
      }
      if (requested > CREDIT) {
        requested--;
      } else {
        conversation.request(1);
      }
      return Optional.of(message);
    }
  }
}
