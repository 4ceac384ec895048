// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import dev.continuo.server.session.ServerLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How much a server takes on: the options of {@code serve} for that.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class LimitOptions {
  private static final long DEFAULT_KV_MEMORY_MB = 208;
  private static final int MOST_WAITING = 10_000;

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      description = "Most sessions at a time. Default: as many as --kv-memory-mb has room for.")
  private @Nullable Integer maxSessions;

  @Option(
      names = "--max-waiting",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Sessions that may wait for room beside those that have it, first come first served."
              + " Default: ${DEFAULT-VALUE}, nobody waits.")
  private int maxWaiting;

  @Option(
      names = "--max-wait-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description = "How long one of them waits at most, in ms. Default: ${DEFAULT-VALUE}.")
  private int maxWaitMillis;

  @Option(
      names = "--step-aside-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description =
          "Silence of a client before its commit after which its room may go to a session that"
              + " finds none, in ms; it is first in line when it goes on, for --max-wait-millis."
              + " Default: ${DEFAULT-VALUE}.")
  private int stepAsideMillis;

  @Option(
      names = "--kv-memory-mb",
      paramLabel = "MB",
      description =
          "Memory for the language model's context of all sessions, in MiB: what the default of"
              + " --max-sessions is taken from. Default: 208, or one session's where that is more.")
  private @Nullable Integer kvMemoryMb;

  @Option(
      names = "--max-prompt-millis",
      paramLabel = "MS",
      defaultValue = "30000",
      description = "Longest prompt in ms of audio. Default: ${DEFAULT-VALUE}.")
  private int maxPromptMillis;

  @Option(
      names = "--max-continuation-millis",
      paramLabel = "MS",
      defaultValue = "20000",
      description = "Longest continuation in ms of audio. Default: ${DEFAULT-VALUE}.")
  private int maxContinuationMillis;

  @Option(
      names = "--max-idle-millis",
      paramLabel = "MS",
      defaultValue = "30000",
      description =
          "Longest silence of a client before its commit, in ms. Default: ${DEFAULT-VALUE}.")
  private int maxIdleMillis;

  @Option(
      names = "--max-session-millis",
      paramLabel = "MS",
      defaultValue = "600000",
      description = "Longest session in ms. Default: ${DEFAULT-VALUE}.")
  private int maxSessionMillis;

  @Option(
      names = "--max-message-bytes",
      paramLabel = "BYTES",
      defaultValue = "262144",
      description = "Largest message taken. Default: ${DEFAULT-VALUE}.")
  private int maxMessageBytes;

  @Option(
      names = "--slow-consumer-millis",
      paramLabel = "MS",
      defaultValue = "10000",
      description =
          "How long output waits for a client that does not read. Default: ${DEFAULT-VALUE}.")
  private int slowConsumerMillis;

  @Option(
      names = "--input-buffer-millis",
      paramLabel = "MS",
      defaultValue = "2000",
      description =
          "Audio taken from a client before the models have caught up. Default: ${DEFAULT-VALUE}.")
  private int inputBufferMillis;

  @Nullable Integer maxSessions() {
    return maxSessions;
  }

  int maxWaiting() {
    if (maxWaiting < 0 || maxWaiting > MOST_WAITING) {
      throw new IllegalArgumentException(
          "max-waiting: " + maxWaiting + " (expected: 0 to " + MOST_WAITING + ")");
    }
    return maxWaiting;
  }

  /**
   * Memory for contexts.
   *
   * @param oneSession bytes that one session takes
   */
  long kvBytes(long oneSession) {
    if (kvMemoryMb == null) {
      return Math.max(DEFAULT_KV_MEMORY_MB << 20, oneSession);
    }
    if (kvMemoryMb < 1) {
      throw new IllegalArgumentException("kv-memory-mb: " + kvMemoryMb + " (expected: >= 1)");
    }
    return (long) kvMemoryMb << 20;
  }

  ServerLimits of(int sessions) {
    return new ServerLimits(
        maxMessageBytes,
        maxPromptMillis,
        maxContinuationMillis,
        maxIdleMillis,
        maxSessionMillis,
        sessions,
        slowConsumerMillis,
        inputBufferMillis,
        maxWaitMillis,
        stepAsideMillis);
  }
}
