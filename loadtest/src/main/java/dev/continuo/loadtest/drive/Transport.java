// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

import dev.continuo.loadtest.plan.Behaviour;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.GetServerInfoResponse;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.TurnEvent;

/**
 * How sessions reach a server.
 *
 * <p><i>Thread-safe.</i>
 */
public interface Transport extends AutoCloseable {
  /**
   * Asks the server what it is; blocks for some seconds at most.
   *
   * @throws ServerGoneException if it does not answer
   */
  GetServerInfoResponse serverInfo();

  /**
   * Opens a session.
   *
   * @param behaviour {@link Behaviour#STALL} reads nothing more once audio has come; it and {@link
   *     Behaviour#VANISH} have a connection of their own, so that they disturb nobody but the
   *     server
   * @param events hears what comes of it; maybe before this returns
   */
  Call open(SessionConfig config, Behaviour behaviour, Events events);

  @Override
  void close();

  /** The sending side of a session. <i>Confined to the pacer's thread.</i> */
  interface Call {
    /** Whether the transport has room. */
    boolean ready();

    /** Sends frame {@code index} of the prompts. */
    void audio(int index);

    /** Ends the prompt. */
    void commit();

    /** Ends the session at once; with a connection of its own, the connection too. Idempotent. */
    void abort();
  }

  /** The receiving side. One call at a time; nothing after {@link #ended} or {@link #failed}. */
  interface Events {
    /** The server has taken the session. */
    void started(SessionStarted started);

    /** The next audio. */
    void audio(AudioOut audio);

    /** A turn is committed or complete. */
    void turn(TurnEvent event);

    /** Where the time of the turn went. */
    void latency(LatencyTrace trace);

    /** The session has ended as it should. */
    void ended();

    /**
     * The session has failed.
     *
     * @param code the gRPC status
     * @param reason the server's reason, empty if it gave none
     * @param message one line for a person
     */
    void failed(String code, String reason, String message);
  }
}
