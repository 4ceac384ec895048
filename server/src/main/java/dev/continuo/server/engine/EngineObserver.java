// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.pipeline.Stage;
import java.util.List;

/**
 * Is told what an engine does: metrics and traces of batches are made of it.
 *
 * <p>Called on the engine's own threads between steps, so it returns at once and never throws.
 * <i>Thread-safe: an engine may have several threads.</i>
 */
public interface EngineObserver {
  /** Slack of a step that nobody's playback waits for. */
  long NO_DEADLINE = Long.MAX_VALUE;

  /** Looks away. */
  EngineObserver NONE = step -> {};

  /**
   * One step, for one task or for several in one pass of a network.
   *
   * @param stage what was computed: {@code TOKENIZE}, {@code PREFILL}, {@code DECODE} or {@code
   *     VOCODE}
   * @param bundle name of the bundle whose network it was
   * @param sessions ids of the sessions it was done for, as many as the batch has rows; a research
   *     call's is {@link #RESEARCH}
   * @param startNanos when it began, by the engine's ticker
   * @param durationNanos how long it took
   * @param slackNanos from its end to the earliest deadline in it, negative where that was missed;
   *     {@link #NO_DEADLINE} where none had one: a first speech is only as soon as possible
   * @param missed how many of its deadlines had passed when it ended
   */
  record Step(
      Stage stage,
      String bundle,
      List<String> sessions,
      long startNanos,
      long durationNanos,
      long slackNanos,
      int missed) {

    /** Copies. */
    public Step {
      sessions = List.copyOf(sessions);
    }
  }

  /** Stands for the session of a research call. */
  String RESEARCH = "research";

  /** A step is over. Steps that fail are not told. */
  void stepped(Step step);

  /** An idle session's row was freed; its units will be prefilled again when it goes on. */
  default void evicted(String bundle, String session) {}

  /** An evicted session has a row again, or is over. */
  default void returned(String bundle, String session) {}

  /** Tells another one too, behind this one. */
  default EngineObserver and(EngineObserver other) {
    EngineObserver first = this;
    return new EngineObserver() {
      @Override
      public void stepped(Step step) {
        first.stepped(step);
        other.stepped(step);
      }

      @Override
      public void evicted(String bundle, String session) {
        first.evicted(bundle, session);
        other.evicted(bundle, session);
      }

      @Override
      public void returned(String bundle, String session) {
        first.returned(bundle, session);
        other.returned(bundle, session);
      }
    };
  }
}
