// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.UnitVocoder;
import org.jspecify.annotations.Nullable;

/** A task whose step may be a vocoder's, for it and others. <i>As {@link Task}.</i> */
interface VocodingTask extends Task {

  /**
   * Begins such a step.
   *
   * @return what the vocoder is to do, which may be nothing; null where the step is over already
   * @throws RuntimeException if the task cannot go on, as in {@link #step}
   */
  UnitVocoder.@Nullable Step beginVocoding();

  /**
   * Ends it.
   *
   * @param samples what the vocoder gave, none where it had nothing to do
   * @param mates how many others it was computed for at the same time
   * @throws RuntimeException if the task cannot go on, as in {@link #step}
   */
  void endVocoding(float[] samples, int mates);
}
