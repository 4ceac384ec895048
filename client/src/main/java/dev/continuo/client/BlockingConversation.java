// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.ByteString;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.ServerMessage;
import java.util.Objects;
import java.util.Optional;

/**
 * A conversation that waits: {@link #send} until there is room, {@link #next} until something
 * comes.
 *
 * <p>At most {@value Inbox#CREDIT} messages are kept that nobody has taken, so a slow reader slows
 * the server down; only while a sender waits are more taken in, lest both sides wait for ever.
 *
 * <p><i>Thread-safe for one thread that sends and one that receives, which may be the same; {@link
 * #abort} for any.</i>
 */
public final class BlockingConversation implements AutoCloseable {
  private final Inbox inbox;
  private final Conversation conversation;

  BlockingConversation(Inbox inbox, Conversation conversation) {
    this.inbox = inbox;
    this.conversation = conversation;
  }

  /**
   * Sends samples, as soon as there is room; see {@link Conversation#send(float[], int, int)}.
   *
   * @throws ServerException if the conversation has failed
   * @throws InterruptedException if interrupted; a part may have been sent
   */
  public void send(float[] samples, int offset, int length) throws InterruptedException {
    Objects.checkFromIndexSize(offset, length, samples.length);
    for (int done = 0; done < length && inbox.awaitReady(conversation); ) {
      int count = Math.min(AudioEncoder.MAX_SAMPLES, length - done);
      conversation.send(samples, offset + done, count);
      done += count;
    }
  }

  /** Sends all of {@code samples}; see {@link #send(float[], int, int)}. */
  public void send(float[] samples) throws InterruptedException {
    send(samples, 0, samples.length);
  }

  /**
   * Sends encoded audio, as soon as there is room; see {@link Conversation#send(ByteString)}.
   *
   * @throws ServerException if the conversation has failed
   * @throws InterruptedException if interrupted; nothing was sent
   */
  public void send(ByteString audio) throws InterruptedException {
    if (inbox.awaitReady(conversation)) {
      conversation.send(audio);
    }
  }

  /**
   * Sends any message of the contract, as soon as there is room.
   *
   * @throws ServerException if the conversation has failed
   * @throws InterruptedException if interrupted; nothing was sent
   */
  public void send(ClientMessage message) throws InterruptedException {
    if (inbox.awaitReady(conversation)) {
      conversation.send(message);
    }
  }

  /** Ends the prompt: the server speaks. */
  public void commit() {
    conversation.commit();
  }

  /** Ends the prompt and sending altogether. */
  public void finish() {
    conversation.finish();
  }

  /** Asks the server to stop speaking. */
  public void cancel() {
    conversation.cancel();
  }

  /**
   * Waits for the next message. The last one is an {@code EndSession}.
   *
   * @return nothing if the conversation has ended as it should
   * @throws ServerException if it has failed, once all messages before are taken
   * @throws InterruptedException if interrupted; nothing was taken
   */
  public Optional<ServerMessage> next() throws InterruptedException {
    return inbox.next(conversation);
  }

  /**
   * Takes the next message if it is there.
   *
   * @return nothing if none is, or the conversation has ended as it should
   * @throws ServerException if it has failed, once all messages before are taken
   */
  public Optional<ServerMessage> poll() {
    return inbox.poll(conversation);
  }

  /** Ends the conversation at once; whoever waits gets a {@link ServerException}. Idempotent. */
  public void abort() {
    conversation.abort();
  }

  /** Ends the conversation, unless it has ended, and frees its codec. Idempotent. */
  @Override
  public void close() {
    conversation.close();
  }
}
