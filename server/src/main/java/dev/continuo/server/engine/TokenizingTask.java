// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.SpeechEncoder;
import org.jspecify.annotations.Nullable;

/** A task whose step may be an encoder's, for it and others. <i>As {@link Task}.</i> */
interface TokenizingTask extends Task {

  /**
   * Begins such a step.
   *
   * @return what the encoder is to do; null where nothing has to be done any more
   * @throws RuntimeException if the task cannot go on, as in {@link #step}
   */
  SpeechEncoder.@Nullable Step beginTokenizing();

  /**
   * Ends it.
   *
   * @param units what the encoder gave
   * @param mates how many others it was computed for at the same time
   * @throws RuntimeException if the task cannot go on, as in {@link #step}
   */
  void endTokenizing(SpeechEncoder.Units units, int mates);
}
