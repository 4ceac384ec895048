// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.CodecException;
import dev.continuo.client.BlockingConversation;
import dev.continuo.v1.ServerMessage;
import java.io.IOException;
import java.util.Optional;

/**
 * A conversation of one turn on one thread: what is said goes to an {@link Answer}, its samples to
 * a sink.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Exchange implements AutoCloseable {
  private final BlockingConversation conversation;
  private final String server;
  private final Clock clock;
  private final Answer answer = new Answer();
  private long commitNanos;

  /** Where samples of the continuation go. <i>Serialised by the caller.</i> */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes the next samples; never empty.
     *
     * @throws IOException if they cannot be written
     */
    void said(float[] samples) throws IOException;
  }

  /**
   * @param conversation closed with this
   * @param server what messages call it
   */
  Exchange(BlockingConversation conversation, String server, Clock clock) {
    this.conversation = conversation;
    this.server = server;
    this.clock = clock;
  }

  /** What the server has said so far. */
  Answer answer() {
    return answer;
  }

  /** When the prompt was committed; 0 before. */
  long commitNanos() {
    return commitNanos;
  }

  /** Waits until the session's settings are known. */
  void awaitStart() throws InterruptedException, IOException {
    Optional<ServerMessage> first = conversation.next();
    if (first.isEmpty() || !first.get().hasStarted()) {
      throw new AnswerException(server + ": its first message is no SessionStarted", null);
    }
    take(first.get(), samples -> {});
  }

  /** Sends samples, as soon as there is room, and takes what has come meanwhile. */
  void send(float[] samples, int length, Sink sink) throws InterruptedException, IOException {
    conversation.send(samples, 0, length);
    for (Optional<ServerMessage> m = conversation.poll(); m.isPresent(); m = conversation.poll()) {
      take(m.get(), sink);
    }
  }

  /** Ends the prompt. */
  void commit() {
    conversation.commit();
    commitNanos = clock.nanos();
  }

  /**
   * Waits for the next message.
   *
   * @return whether there was one: not at the end
   */
  boolean next(Sink sink) throws InterruptedException, IOException {
    Optional<ServerMessage> message = conversation.next();
    if (message.isPresent()) {
      take(message.get(), sink);
    }
    return message.isPresent();
  }

  private void take(ServerMessage message, Sink sink) throws IOException {
    float[] samples;
    try {
      samples = answer.take(message, clock.nanos());
    } catch (CodecException | IllegalArgumentException e) {
      throw new AnswerException(server + ": audio that is none: " + e.getMessage(), e);
    }
    if (samples.length > 0) {
      sink.said(samples);
    }
  }

  @Override
  public void close() {
    conversation.close();
    answer.close();
  }
}
