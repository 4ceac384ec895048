// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.CodecException;
import dev.continuo.client.AudioDecoder;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.TurnEvent;
import dev.continuo.v1.UnitSpan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server has said in one conversation of one turn.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Answer implements AutoCloseable {
  private static final float[] NONE = {};

  private final List<UnitSpan> units = new ArrayList<>();
  private final List<String> oddities = new ArrayList<>();
  private @Nullable SessionStarted started;
  private @Nullable AudioDecoder decoder;
  private TurnEvent completed = TurnEvent.getDefaultInstance();
  private LatencyTrace trace = LatencyTrace.getDefaultInstance();
  private int promptUnits;
  private long consumedSamples;
  private long samples;
  private long firstAudioNanos;

  /**
   * Takes the next message.
   *
   * @param nanos when it came
   * @return samples that it brought, at {@link #rateHz}; empty for most messages
   * @throws CodecException if its audio cannot be decoded
   */
  float[] take(ServerMessage message, long nanos) throws CodecException {
    switch (message.getMessageTypeCase()) {
      case STARTED -> start(message.getStarted());
      case ACK -> {
        promptUnits = message.getAck().getPromptUnits();
        consumedSamples = message.getAck().getConsumedSamples();
      }
      case AUDIO -> {
        return audio(message.getAudio(), nanos);
      }
      case TURN -> turn(message.getTurn());
      case LATENCY -> trace = message.getLatency();
      case WARNING ->
          oddities.add(message.getWarning().getField() + ": " + message.getWarning().getMessage());
      case GO_AWAY -> oddities.add("the server is stopping: " + message.getGoAway().getReason());
      default -> {
        // nothing that a conversation of one turn needs
      }
    }
    return NONE;
  }

  private void start(SessionStarted effective) {
    started = effective;
    decoder = AudioDecoder.of(effective.getOutput());
  }

  private float[] audio(AudioOut audio, long nanos) throws CodecException {
    if (decoder == null) {
      throw new CodecException("audio came before the session's start (expected: after it)");
    }
    units.addAll(audio.getUnitsList());
    float[] decoded = decoder.decode(audio);
    if (decoded.length > 0 && samples == 0) {
      firstAudioNanos = nanos;
    }
    samples += decoded.length;
    return decoded;
  }

  private void turn(TurnEvent event) {
    promptUnits = event.getPromptUnits();
    if (event.getType() == TurnEvent.Type.TYPE_COMPLETED) {
      completed = event;
    }
  }

  /** Whether the session's settings are known. */
  boolean isStarted() {
    return started != null;
  }

  /**
   * The session's effective settings.
   *
   * @throws IllegalStateException unless {@link #isStarted}
   */
  SessionStarted started() {
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  /** Sample rate of the continuation in Hz. */
  int rateHz() {
    return started().getOutput().getSampleRateHertz();
  }

  /** Units spoken, with their durations. */
  List<UnitSpan> units() {
    return units;
  }

  /** Units of the prompt that stand. */
  int promptUnits() {
    return promptUnits;
  }

  /** Samples of the prompt, at the input rate, that have gone through the tokenizer. */
  long consumedSamples() {
    return consumedSamples;
  }

  /** Samples of the continuation. */
  long samples() {
    return samples;
  }

  /** Seconds of the continuation. */
  double seconds() {
    return (double) samples / rateHz();
  }

  /** When the first samples came; 0 if none did. */
  long firstAudioNanos() {
    return firstAudioNanos;
  }

  /** How the turn ended; the default instance before. */
  TurnEvent completed() {
    return completed;
  }

  /** Where the time went; the default instance before. */
  LatencyTrace trace() {
    return trace;
  }

  /** What the server found odd, a line each. */
  List<String> oddities() {
    return oddities;
  }

  @Override
  public void close() {
    if (decoder != null) {
      decoder.close();
    }
  }
}
