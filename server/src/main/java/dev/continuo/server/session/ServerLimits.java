// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.Limits;

/**
 * What clients may ask for at most.
 *
 * <p><i>Immutable.</i>
 *
 * @param maxMessageBytes largest message taken, in bytes
 * @param maxPromptMillis longest prompt, in milliseconds of audio
 * @param maxContinuationMillis longest continuation, in milliseconds of audio
 * @param maxIdleMillis longest silence of a client before its commit
 * @param maxSessionMillis longest session
 * @param maxSessions most sessions at a time
 * @param slowConsumerMillis how long output may wait for a client that does not read
 * @param inputBufferMillis audio taken from a client before the models have caught up with it
 * @param maxWaitMillis how long a session may stand in line for a seat, where there is a line
 * @param stepAsideMillis silence of a client before its commit after which others may have its seat
 */
public record ServerLimits(
    int maxMessageBytes,
    int maxPromptMillis,
    int maxContinuationMillis,
    int maxIdleMillis,
    int maxSessionMillis,
    int maxSessions,
    int slowConsumerMillis,
    int inputBufferMillis,
    int maxWaitMillis,
    int stepAsideMillis) {
  private static final int WAIT_MILLIS = 2_000;
  private static final int STEP_ASIDE_MILLIS = 2_000;

  /** Limits of which the last two are their defaults. */
  public ServerLimits(
      int maxMessageBytes,
      int maxPromptMillis,
      int maxContinuationMillis,
      int maxIdleMillis,
      int maxSessionMillis,
      int maxSessions,
      int slowConsumerMillis,
      int inputBufferMillis) {
    this(
        maxMessageBytes,
        maxPromptMillis,
        maxContinuationMillis,
        maxIdleMillis,
        maxSessionMillis,
        maxSessions,
        slowConsumerMillis,
        inputBufferMillis,
        WAIT_MILLIS,
        STEP_ASIDE_MILLIS);
  }

  /** The defaults, with room for {@code maxSessions}. */
  public static ServerLimits defaults(int maxSessions) {
    return new ServerLimits(
        256 * 1024, 30_000, 20_000, 30_000, 600_000, maxSessions, 10_000, 2_000);
  }

  /**
   * Validates.
   *
   * @throws IllegalArgumentException naming the limit, its value and what was expected
   */
  public ServerLimits {
    require("max-message-bytes", maxMessageBytes, 4096, 64 << 20);
    require("max-prompt-millis", maxPromptMillis, 1_000, 3_600_000);
    require("max-continuation-millis", maxContinuationMillis, 40, 3_600_000);
    require("max-idle-millis", maxIdleMillis, 100, 3_600_000);
    require("max-session-millis", maxSessionMillis, 1_000, 86_400_000);
    require("max-sessions", maxSessions, 1, 100_000);
    require("slow-consumer-millis", slowConsumerMillis, 100, 600_000);
    require("input-buffer-millis", inputBufferMillis, 100, 60_000);
    require("max-wait-millis", maxWaitMillis, 1, 600_000);
    require("step-aside-millis", stepAsideMillis, 100, 3_600_000);
  }

  private static void require(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d to %d)".formatted(name, value, low, high));
    }
  }

  /** As clients are told. */
  public Limits message() {
    return Limits.newBuilder()
        .setMaxMessageBytes(maxMessageBytes)
        .setMaxPromptMillis(maxPromptMillis)
        .setMaxContinuationMillis(maxContinuationMillis)
        .setMaxIdleMillis(maxIdleMillis)
        .setMaxSessionMillis(maxSessionMillis)
        .setMaxSessions(maxSessions)
        .build();
  }
}
