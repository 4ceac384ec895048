// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import dev.continuo.v1.AudioOut;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.GoAway;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.InterruptionSignal;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Marker;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionResumptionUpdate;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SessionWarning;
import dev.continuo.v1.SpeechEvent;
import dev.continuo.v1.TokenTrace;
import dev.continuo.v1.TurnEvent;

/**
 * Hears what happens in one conversation.
 *
 * <p>{@link #opened} comes first, on the thread that opens the conversation. All others come one at
 * a time on the client's executor, never after {@link #ended} or {@link #failed}, of which exactly
 * one comes, last. A callback that takes its time slows the server down, once the flow-control
 * window is full; on an executor that is the event loop it must not block. What a callback throws
 * ends the conversation with {@link #failed}.
 */
public interface ConversationListener {
  /** The conversation exists; nothing can be sent until {@code converse} has returned. */
  default void opened(Conversation conversation) {}

  /**
   * {@link Conversation#isReady} has become true after it was found false. May come without need.
   */
  default void ready() {}

  /** Any message of the server's; passes it to the method of its kind. */
  default void message(ServerMessage message) {
    switch (message.getMessageTypeCase()) {
      case STARTED -> started(message.getStarted());
      case AUDIO -> audio(message.getAudio());
      case SPEECH_EVENT -> speech(message.getSpeechEvent());
      case INTERRUPTION -> interrupted(message.getInterruption());
      case TURN -> turn(message.getTurn());
      case RESUMPTION -> resumption(message.getResumption());
      case GO_AWAY -> goAway(message.getGoAway());
      case WARNING -> warning(message.getWarning());
      case TOKENS -> tokens(message.getTokens());
      case LATENCY -> latency(message.getLatency());
      case MARKER -> marker(message.getMarker());
      case ACK -> ack(message.getAck());
      case END, MESSAGETYPE_NOT_SET -> {
        // ended() comes when the stream has closed; what a newer server says is not known here
      }
    }
  }

  /** The session's effective settings; before everything else the server says. */
  default void started(SessionStarted started) {}

  /** The next audio, with the units that begin in it. {@link AudioDecoder} makes it samples. */
  default void audio(AudioOut audio) {}

  /** How far the input has been taken in. */
  default void ack(InputAck ack) {}

  /** A turn is committed or complete. */
  default void turn(TurnEvent event) {}

  /** Units as they are made. */
  default void tokens(TokenTrace tokens) {}

  /** Where the time of a turn went. */
  default void latency(LatencyTrace trace) {}

  /** A marker has come back: all audio before it has been taken in. */
  default void marker(Marker marker) {}

  /** The server heard speech begin or end. */
  default void speech(SpeechEvent event) {}

  /** Stop playing; audio of older epochs is stale. */
  default void interrupted(InterruptionSignal signal) {}

  /** How the session could be gone on with elsewhere. */
  default void resumption(SessionResumptionUpdate update) {}

  /** Something is odd but harmless. */
  default void warning(SessionWarning warning) {}

  /** The server will end the conversation soon. */
  default void goAway(GoAway goAway) {}

  /** The conversation has ended as it should; last call. */
  default void ended(EndSession end) {}

  /** The conversation has failed, or was closed by {@link Conversation#close}; last call. */
  default void failed(ServerException failure) {}
}
