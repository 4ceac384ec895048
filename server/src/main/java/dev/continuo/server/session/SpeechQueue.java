// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.AudioOut;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Pieces of a turn that wait for their time.
 *
 * <p>The playback clock starts with the first piece. A piece is due when no more than the lead
 * would lie ahead of that clock, and at the latest when it is to be heard. <i>Serialised by the
 * caller.</i>
 */
final class SpeechQueue {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Deque<Piece> waiting = new ArrayDeque<>();
  private final UnitTimeline timeline;
  private final int rateHz;
  private final long leadNanos; // negative: not paced
  private long playbackNanos;
  private long sent;
  private long sentSamples;
  private long firstSample; // of the latest piece
  private long endSample;
  private long bytes;
  private boolean finished;

  SpeechQueue(Settings settings, double unitRateHz) {
    this.rateHz = settings.output().rateHz();
    this.leadNanos = settings.paced() ? settings.leadMillis() * NANOS_PER_MILLI : -1;
    this.timeline = new UnitTimeline(unitRateHz == 0 ? 0 : rateHz / unitRateHz);
  }

  UnitTimeline timeline() {
    return timeline;
  }

  void add(List<Piece> pieces) {
    waiting.addAll(pieces);
    pieces.forEach(piece -> bytes += piece.data().size());
  }

  /** The pieces added were the last. */
  void finish() {
    finished = true;
  }

  /** Whether a piece waits. */
  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Drops what waits. */
  void clear() {
    waiting.clear();
    bytes = 0;
  }

  /** When the next piece may be sent; {@code Long.MAX_VALUE} if none waits. */
  long dueNanos() {
    Piece next = waiting.peek();
    if (next == null) {
      return Long.MAX_VALUE;
    }
    if (leadNanos < 0 || sent == 0) {
      return Long.MIN_VALUE;
    }
    long heardNanos = nanos(next.firstSample());
    return playbackNanos + Math.min(heardNanos, nanos(next.endSample()) - leadNanos);
  }

  /** Takes the next piece as a message. */
  AudioOut next(long nowNanos) {
    Piece piece = waiting.remove();
    if (sent == 0) {
      playbackNanos = nowNanos;
    }
    boolean last = finished && waiting.isEmpty();
    sentSamples += piece.sampleCount();
    firstSample = piece.firstSample();
    endSample = piece.endSample();
    bytes -= piece.data().size();
    return AudioOut.newBuilder()
        .setData(piece.data())
        .setSequenceNumber(sent++)
        .setFirstSampleIndex(piece.firstSample())
        .setSampleCount(piece.sampleCount())
        .addAllUnits(timeline.until(last ? Long.MAX_VALUE : piece.endSample()))
        .setTurnFinal(last)
        .build();
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes;
  }

  /** Speech taken that lies ahead of the playback clock. */
  long leadNanos(long nowNanos) {
    return playbackNanos + nanos(endSample) - nowNanos;
  }

  /** By how much the latest piece came after it was to be heard; negative where it did not. */
  long lateNanos(long nowNanos) {
    return nowNanos - playbackNanos - nanos(firstSample);
  }

  /** Messages taken so far. */
  long sent() {
    return sent;
  }

  /** Samples of speech in the messages taken, at the output rate. */
  long sentSamples() {
    return sentSamples;
  }

  /** Seconds of speech that may be made: what was sent and so much more. */
  double allowedSeconds(double aheadSeconds) {
    return Math.max(0, (double) endSample / rateHz) + aheadSeconds;
  }

  private long nanos(long samples) {
    return (long) (samples * NANOS_PER_SECOND / rateHz);
  }
}
