// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.Sampling;
import dev.continuo.v1.BundleInfo;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A bundle that sessions can speak with.
 *
 * <p><i>Thread-safe.</i>
 */
public interface VoiceBundle {

  /**
   * What a voice is to do.
   *
   * @param session id of the session it is for
   * @param inputRateHz sample rate of the prompt
   * @param maxPromptSamples most samples the prompt will have, at that rate
   * @param seconds longest continuation
   * @param sampling how units are drawn
   */
  record Request(
      String session, int inputRateHz, long maxPromptSamples, double seconds, Sampling sampling) {}

  /** What clients may know of it. */
  BundleInfo info();

  /** Whether it gives back what it hears, at once and while it hears it. */
  boolean echoes();

  /**
   * Opens a voice.
   *
   * @param seat the voice's own from now on: it frees it when it is closed
   * @param listener is given its events, from any thread, one at a time
   */
  Voice open(Request request, Seats.Seat seat, Consumer<Voice.Event> listener);

  /** Its models one by one, where it has some. */
  Optional<Research> research();
}
