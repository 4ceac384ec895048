// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

/**
 * What one session does, drawn from its number alone: the same whenever it comes and whatever
 * happened before. <i>Immutable.</i>
 *
 * @param number of the session in the run, from 0
 * @param recording what is said first
 * @param promptFrames frames of 20 ms of the prompt, 1 or more
 * @param phaseNanos from opening the session to the first frame, below a frame: sessions that
 *     arrive together must not speak in step
 * @param continuationMillis continuation asked for
 * @param thinkNanos pause after the continuation has been heard, before the same person speaks
 *     again
 * @param behaviour how the client treats the session
 * @param misbehaveNanos with {@link Behaviour#VANISH}: from the first frame to its end
 * @param seed of the server's draws
 */
public record SessionPlan(
    int number,
    Recording recording,
    int promptFrames,
    long phaseNanos,
    int continuationMillis,
    long thinkNanos,
    Behaviour behaviour,
    long misbehaveNanos,
    long seed) {}
