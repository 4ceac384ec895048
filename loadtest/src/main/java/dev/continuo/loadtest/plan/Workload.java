// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import java.util.List;
import java.util.SplittableRandom;

/**
 * What sessions are like. <i>Immutable.</i>
 *
 * @param prompts what is said
 * @param promptLengths how long a prompt is
 * @param continuationLengths how long a continuation is asked for
 * @param thinkLengths how long a person thinks between two of its sessions
 * @param stallShare share of clients that stop reading, 0 to 1
 * @param vanishShare share of clients that vanish, 0 to 1; both together at most 1
 * @param seed of all draws
 */
public record Workload(
    Prompts prompts,
    Lengths promptLengths,
    Lengths continuationLengths,
    Lengths thinkLengths,
    double stallShare,
    double vanishShare,
    long seed) {
  /** The contract's shortest continuation. */
  private static final int MIN_CONTINUATION_MILLIS = 40;

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLIS_PER_SECOND = 1e3;

  /** Checks the shares. */
  public Workload {
    if (!(stallShare >= 0) || !(vanishShare >= 0) || stallShare + vanishShare > 1) {
      throw new IllegalArgumentException(
          "stallShare, vanishShare: "
              + stallShare
              + ", "
              + vanishShare
              + " (expected: 0 to 1, together at most 1)");
    }
  }

  /**
   * Draws a session.
   *
   * @param number of the session in the run, from 0
   */
  public SessionPlan session(int number) {
    SplittableRandom random = new SplittableRandom(seed + GOLDEN_GAMMA * (number + 1L));
    List<Recording> recordings = prompts.recordings();
    Recording recording = recordings.get(random.nextInt(recordings.size()));
    long phaseNanos = random.nextLong(Prompts.FRAME_NANOS);
    double promptMillis = promptLengths.draw(random) * MILLIS_PER_SECOND;
    int frames = (int) Math.max(1, Math.round(promptMillis / Prompts.FRAME_MILLIS));
    int continuationMillis =
        (int)
            Math.max(
                MIN_CONTINUATION_MILLIS,
                Math.round(continuationLengths.draw(random) * MILLIS_PER_SECOND));
    long thinkNanos = (long) (thinkLengths.draw(random) * NANOS_PER_SECOND);
    Behaviour behaviour = behaviour(random.nextDouble());
    double spanMillis = (double) frames * Prompts.FRAME_MILLIS + continuationMillis;
    long misbehaveNanos = (long) (random.nextDouble() * spanMillis * 1e6);
    return new SessionPlan(
        number,
        recording,
        frames,
        phaseNanos,
        continuationMillis,
        thinkNanos,
        behaviour,
        misbehaveNanos,
        random.nextLong(Long.MAX_VALUE));
  }

  /** How long a session and the pause after it are expected to take. */
  public long expectedCycleNanos() {
    double seconds = promptLengths.mean() + continuationLengths.mean() + thinkLengths.mean();
    return (long) (seconds * NANOS_PER_SECOND);
  }

  private Behaviour behaviour(double drawn) {
    if (drawn < stallShare) {
      return Behaviour.STALL;
    }
    return drawn < stallShare + vanishShare ? Behaviour.VANISH : Behaviour.NORMAL;
  }
}
