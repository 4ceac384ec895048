// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.UnitSpan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Which units begin in which piece of audio.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class UnitTimeline {
  private record Start(long sample, UnitSpan unit) {}

  private final double samplesPerFrame;
  private final Deque<Start> waiting = new ArrayDeque<>();
  private long frames;
  private int units;

  /** Of units of so many samples a frame, at the output rate. */
  UnitTimeline(double samplesPerFrame) {
    this.samplesPerFrame = samplesPerFrame;
  }

  void add(List<UnitSpan> spans) {
    for (UnitSpan span : spans) {
      waiting.add(new Start((long) (frames * samplesPerFrame), span));
      frames += span.getDurationFrames();
      units++;
    }
  }

  /** Takes the units that begin before a sample. */
  List<UnitSpan> until(long endSample) {
    List<UnitSpan> begun = new ArrayList<>();
    for (Start next = waiting.peek();
        next != null && next.sample < endSample;
        next = waiting.peek()) {
      begun.add(next.unit);
      waiting.remove();
    }
    return begun;
  }

  /** Units added so far. */
  int units() {
    return units;
  }
}
