// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/**
 * How a session's continuation came in. Arrays are borrowed, not to be changed. <i>Immutable.</i>
 *
 * @param arrivalNanos when each piece came, from the start of the run
 * @param audioNanos how much audio was in each
 * @param leadingSilenceNanos audio before the first audible sound
 * @param underruns how often the player ran dry
 * @param longestGapNanos its longest silence
 * @param silentNanos all its silences
 * @param requiredBufferNanos start buffer with which it would have had none
 * @param playStartNanos when it began to play, {@link Timeline#NEVER} if it did not
 * @param playEndNanos when it will have played everything, likewise
 */
@SuppressWarnings("ArrayRecordComponent") // a value to read; never compared
public record Heard(
    long[] arrivalNanos,
    long[] audioNanos,
    long leadingSilenceNanos,
    int underruns,
    long longestGapNanos,
    long silentNanos,
    long requiredBufferNanos,
    long playStartNanos,
    long playEndNanos) {
  /** Silence from which a person notices a gap. */
  public static final long AUDIBLE_GAP_NANOS = 100_000_000L;

  /** Whether a listener heard it in one piece. */
  public boolean continuous() {
    return longestGapNanos < AUDIBLE_GAP_NANOS;
  }

  /** Length of what came. */
  public long totalAudioNanos() {
    long total = 0;
    for (long nanos : audioNanos) {
      total += nanos;
    }
    return total;
  }

  /** The same without the single pieces. */
  public Heard summary() {
    return new Heard(
        new long[0],
        new long[0],
        leadingSilenceNanos,
        underruns,
        longestGapNanos,
        silentNanos,
        requiredBufferNanos,
        playStartNanos,
        playEndNanos);
  }
}
