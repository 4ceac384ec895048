// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.v1.ServerMessage;

/**
 * The way to a session's client.
 *
 * <p><i>Serialised by the caller.</i>
 */
public interface Outlet {

  /** Whether the client takes more at the moment; the session is told when it does again. */
  boolean isReady();

  /** Sends a message, even where {@link #isReady} says no. */
  void send(ServerMessage message);

  /** Ends the stream well. Nothing is sent after it. */
  void complete();

  /** Ends the stream with a failure. Nothing is sent after it. */
  void fail(SessionFailure failure);
}
