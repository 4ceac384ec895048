// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one conversation is called; what is said in it stands in the {@code SessionConfig}.
 *
 * <p><i>Immutable.</i>
 *
 * @param requestId names the session in the server's log, up to 128 bytes; null: the server draws
 *     one
 * @param timeout after which the conversation fails with DEADLINE_EXCEEDED; null for never
 * @param initialMessages received without being asked for, 1 or more; afterwards one more for each
 *     callback that returns, or those of {@link Conversation#request}
 * @param manual whether messages after the first come only by {@link Conversation#request}
 */
public record ConversationOptions(
    @Nullable String requestId, @Nullable Duration timeout, int initialMessages, boolean manual) {
  private static final int INITIAL_MESSAGES = 4;

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if the timeout or {@code initialMessages} is not positive
   */
  public ConversationOptions {
    if (initialMessages < 1) {
      throw new IllegalArgumentException(
          "initialMessages: " + initialMessages + " (expected: >= 1)");
    }
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than 0)");
    }
  }

  /** No name, no timeout, a new message for each that was taken. */
  public static ConversationOptions defaults() {
    return new ConversationOptions(null, null, INITIAL_MESSAGES, false);
  }

  /** The same with this name in the server's log. */
  public ConversationOptions withRequestId(String id) {
    return new ConversationOptions(id, timeout, initialMessages, manual);
  }

  /** The same, failing after this time. */
  public ConversationOptions withTimeout(Duration limit) {
    return new ConversationOptions(requestId, limit, initialMessages, manual);
  }

  /** The same, with messages received only as they are asked for. */
  public ConversationOptions withManualRequests(int initial) {
    return new ConversationOptions(requestId, timeout, initial, true);
  }
}
