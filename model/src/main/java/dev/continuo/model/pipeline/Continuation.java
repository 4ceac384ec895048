// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.util.List;

/**
 * What a continuation came to.
 *
 * <p><i>Immutable.</i>
 *
 * @param units deduplicated units spoken, drawn ones only
 * @param durations their lengths in frames; the last may be heard in part
 * @param samples samples handed out, at the vocoder's rate
 * @param end why it ended
 * @param promptUnits deduplicated units of the prompt
 * @param times each stage's time from the opening to the end
 * @param firstAudio cut points of the critical path from the commit to the first samples handed
 *     out; all zero where there were none
 */
public record Continuation(
    List<Integer> units,
    List<Integer> durations,
    long samples,
    End end,
    int promptUnits,
    StageTimes times,
    StageTimes firstAudio) {

  /** Why a continuation ended. */
  public enum End {
    /** The wanted length was reached. */
    SECONDS,
    /** The language model ended it. */
    MODEL,
    /** The language model's context was full. */
    CONTEXT
  }

  /** Copies the lists. */
  public Continuation {
    units = List.copyOf(units);
    durations = List.copyOf(durations);
  }
}
