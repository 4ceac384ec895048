// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/**
 * When things happened in a session, in nanoseconds from the start of the run, {@link #NEVER} where
 * they did not. <i>Immutable.</i>
 *
 * @param arrivalNanos when it was to be opened
 * @param openedNanos when it was
 * @param startedNanos when the server's first message came
 * @param promptEndNanos when the last frame of the prompt was to be sent
 * @param commitNanos when the commit was to be sent
 * @param committedNanos when it was
 * @param firstPacketNanos when the first audio came
 * @param firstAudibleNanos when the first audible audio came
 * @param lastPacketNanos when the last audio came
 * @param endedNanos when it was over
 */
public record Timeline(
    long arrivalNanos,
    long openedNanos,
    long startedNanos,
    long promptEndNanos,
    long commitNanos,
    long committedNanos,
    long firstPacketNanos,
    long firstAudibleNanos,
    long lastPacketNanos,
    long endedNanos) {
  /** It did not happen. */
  public static final long NEVER = -1;
}
