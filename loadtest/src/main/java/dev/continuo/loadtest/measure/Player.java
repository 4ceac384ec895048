// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/**
 * A player that nobody hears: it starts when it holds enough audio, plays in real time, and falls
 * silent whenever it runs dry, until the next piece comes.
 *
 * <p>Nothing runs while it plays: each arrival is enough to know what was heard before it.
 * <i>Serialised by the caller.</i>
 */
public final class Player {
  private final long startBufferNanos;

  private boolean started;
  private long heldNanos;
  private long dryAtNanos;
  private long startNanos;
  private long firstArrivalNanos;
  private boolean any;
  private int underruns;
  private long longestGapNanos;
  private long silentNanos;
  private long requiredBufferNanos;

  /**
   * A player at rest.
   *
   * @param startBufferNanos audio that it waits for before it starts
   */
  public Player(long startBufferNanos) {
    this.startBufferNanos = startBufferNanos;
  }

  /**
   * A piece of audio has come.
   *
   * @param arrivalNanos when; not before the piece before it
   * @param audioNanos how much
   */
  public void arrived(long arrivalNanos, long audioNanos) {
    if (!any) {
      any = true;
      firstArrivalNanos = arrivalNanos;
    }
    long late = arrivalNanos - firstArrivalNanos - heldNanos;
    requiredBufferNanos = Math.max(requiredBufferNanos, late);
    heldNanos += audioNanos;
    if (!started) {
      if (heldNanos >= startBufferNanos) {
        start(arrivalNanos);
      }
      return;
    }
    long gapNanos = arrivalNanos - dryAtNanos;
    if (gapNanos > 0) {
      underruns++;
      silentNanos += gapNanos;
      longestGapNanos = Math.max(longestGapNanos, gapNanos);
      dryAtNanos = arrivalNanos;
    }
    dryAtNanos += audioNanos;
  }

  /** Nothing more will come: what is too short for the start buffer is played now. */
  public void ended(long nowNanos) {
    if (any && !started) {
      start(nowNanos);
    }
  }

  private void start(long nowNanos) {
    started = true;
    startNanos = nowNanos;
    dryAtNanos = nowNanos + heldNanos;
  }

  /** When the last sample is played, or {@code otherwise} if nothing is. */
  public long finishNanos(long otherwise) {
    return started ? dryAtNanos : otherwise;
  }

  /** When it started, or {@code otherwise} if it has not. */
  public long startNanos(long otherwise) {
    return started ? startNanos : otherwise;
  }

  /** How often it ran dry before the end. */
  public int underruns() {
    return underruns;
  }

  /** The longest silence of these. */
  public long longestGapNanos() {
    return longestGapNanos;
  }

  /** All silences together. */
  public long silentNanos() {
    return silentNanos;
  }

  /** How much later than its first piece a player had to start to never run dry. */
  public long requiredBufferNanos() {
    return requiredBufferNanos;
  }
}
