// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.Marker;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.TokenTrace;
import dev.continuo.v1.TurnEvent;
import dev.continuo.wire.Reasons;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A prompt and its continuation: audio to the voice, speech to the client, with what is told about
 * both.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Turn implements AutoCloseable {
  private static final double MICROS_PER_SECOND = 1e6;

  /** Least speech that is made ahead of what was sent, in seconds. */
  private static final double AHEAD_SECONDS = 0.4;

  private record Mark(long afterSamples, Marker marker) {}

  private final Settings settings;
  private final Voice voice;
  private final Ticker ticker;
  private final Outlet outlet;
  private final Consumer<ServerMessage.Builder> client;
  private final InputDecoder decoder;
  private final OutputEncoder encoder;
  private final SpeechQueue speech;
  private final TurnClock clock;
  private final TurnMeter meter;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private Voice.@Nullable Ended ended;
  private long silentNanos; // since when no audio came or waited; MAX_VALUE once the voice rests
  private long consumedSamples;
  private long ackedSamples;
  private int promptUnits;

  /**
   * A turn whose prompt begins.
   *
   * @param voice owned by the turn
   * @param maxSamples most samples of the prompt
   * @param waitedNanos how long the session stood in line for its seat
   * @param outlet tells whether the client reads
   * @param client takes the turn's messages
   * @param meter measures it from outside
   */
  Turn(
      Settings settings,
      Voice voice,
      long maxSamples,
      long waitedNanos,
      Ticker ticker,
      Outlet outlet,
      Consumer<ServerMessage.Builder> client,
      TurnMeter meter) {
    this.settings = settings;
    this.voice = voice;
    this.ticker = ticker;
    this.outlet = outlet;
    this.client = client;
    this.meter = meter;
    this.silentNanos = ticker.nanos();
    this.decoder = new InputDecoder(settings.input(), maxSamples);
    this.clock = new TurnClock(waitedNanos);
    this.encoder = settings.encoder(voice.sampleRateHz());
    this.speech = new SpeechQueue(settings, settings.bundle().info().getUnitRateHertz());
  }

  /** Samples by which decoded output is late. */
  int preSkipSamples() {
    return encoder.preSkipSamples();
  }

  /** Milliseconds of the prompt that wait for the models. */
  long bufferedMillis() {
    return (decoder.samples() - consumedSamples) * 1000 / settings.input().rateHz();
  }

  /** When speech is to be sent next; {@code Long.MAX_VALUE} if none waits. */
  long dueNanos() {
    return speech.dueNanos();
  }

  /** Takes audio of the prompt. */
  void hear(AudioChunk chunk) {
    long before = ticker.nanos();
    float[] samples = decoder.decode(chunk);
    clock.decoded(ticker.nanos() - before);
    if (samples.length > 0) {
      meter.heard(secondsIn() - (double) samples.length / settings.input().rateHz());
      silentNanos = ticker.nanos();
      voice.hear(samples);
    }
  }

  /**
   * Since when its client has been silent and all before it taken in; {@code Long.MAX_VALUE} where
   * that is not so, or the voice rests.
   */
  long silentNanos() {
    return consumedSamples == decoder.samples() ? silentNanos : Long.MAX_VALUE;
  }

  /** Others may have what the voice holds until there is audio again, or a commit. */
  void rest() {
    silentNanos = Long.MAX_VALUE;
    voice.rest();
  }

  /** Since when the client waits for what others have meanwhile. */
  long waitsSinceNanos() {
    return voice.waitsSinceNanos();
  }

  /** Ends the prompt. */
  void commit() {
    if (decoder.samples() == 0) {
      throw noAudio();
    }
    clock.committed(ticker.nanos());
    meter.committed();
    allow();
    voice.commit();
  }

  /** A prompt without any audio. */
  static SessionFailure noAudio() {
    return SessionFailure.ofField(
        Reasons.INVALID_AUDIO, "audio", "none before the commit (expected: speech)");
  }

  /** Answers a marker when what came before it has been taken in. */
  void mark(Marker marker) {
    marks.add(new Mark(decoder.samples(), marker));
    answerMarks();
  }

  private void answerMarks() {
    for (Mark next = marks.peek();
        next != null && next.afterSamples <= consumedSamples;
        next = marks.peek()) {
      client.accept(ServerMessage.newBuilder().setMarker(next.marker));
      marks.remove();
    }
  }

  /** The voice has taken in audio. */
  void heard(Voice.Heard heard) {
    consumedSamples = heard.consumedSamples();
    if (silentNanos != Long.MAX_VALUE) {
      silentNanos = ticker.nanos(); // while audio waited, its client may have been told to wait too
    }
    promptUnits += heard.units().size();
    trace(TokenTrace.Origin.ORIGIN_PROMPT, heard.units());
    if (settings.ackMillis() > 0) {
      long interval = (long) settings.ackMillis() * settings.input().rateHz() / 1000;
      if (consumedSamples / interval > ackedSamples / interval) {
        acknowledge();
      }
    }
    answerMarks();
  }

  private void acknowledge() {
    ackedSamples = consumedSamples;
    client.accept(
        ServerMessage.newBuilder()
            .setAck(
                InputAck.newBuilder()
                    .setReceivedSamples(decoder.samples())
                    .setConsumedSamples(consumedSamples)
                    .setPromptUnits(promptUnits)));
  }

  /** The voice has taken in the whole prompt. */
  void committed() {
    if (settings.ackMillis() > 0) {
      acknowledge();
    }
    client.accept(
        ServerMessage.newBuilder()
            .setTurn(
                TurnEvent.newBuilder()
                    .setType(TurnEvent.Type.TYPE_COMMITTED)
                    .setPromptUnits(promptUnits)));
  }

  /** The voice has said something. */
  void said(Voice.Said said) {
    clock.said(said);
    trace(TokenTrace.Origin.ORIGIN_CONTINUATION, said.drawn());
    speech.timeline().add(said.units());
    long before = ticker.nanos();
    List<Piece> pieces = encoder.push(said.samples());
    clock.encoded(ticker.nanos() - before);
    speech.add(pieces);
  }

  /** The voice has said everything. */
  void ended(Voice.Ended end) {
    ended = end;
    long before = ticker.nanos();
    speech.add(encoder.finish());
    clock.encoded(ticker.nanos() - before);
    speech.finish();
  }

  /**
   * Sends what is due while the client reads, and the turn's end behind it.
   *
   * @return whether the turn is over
   */
  boolean flush() {
    while (outlet.isReady() && speech.dueNanos() <= ticker.nanos()) {
      boolean first = speech.sent() == 0;
      client.accept(ServerMessage.newBuilder().setAudio(speech.next(ticker.nanos())));
      if (first) {
        clock.handedOver(ticker.nanos());
      }
      meter.sent(speech);
      allow();
    }
    meter.buffered(speech.bytes());
    if (ended == null || !speech.isEmpty()) {
      return false;
    }
    complete(reason(ended.end()), EndSession.Reason.REASON_COMPLETED, ended.times());
    return true;
  }

  /** Ends the turn now; what was not sent is dropped. */
  void cancel() {
    complete(TurnEvent.Reason.REASON_CANCELLED, EndSession.Reason.REASON_CANCELLED, null);
  }

  private void allow() {
    double ahead = Math.max(AHEAD_SECONDS, 2e-3 * settings.maxChunkMillis());
    voice.allow((long) Math.ceil(speech.allowedSeconds(ahead) * voice.sampleRateHz()));
  }

  private static TurnEvent.Reason reason(Continuation.End end) {
    return switch (end) {
      case SECONDS -> TurnEvent.Reason.REASON_MAX_LENGTH;
      case MODEL -> TurnEvent.Reason.REASON_END_OF_SEQUENCE;
      case CONTEXT -> TurnEvent.Reason.REASON_CONTEXT_FULL;
    };
  }

  private void complete(
      TurnEvent.Reason why, EndSession.Reason sessionWhy, @Nullable StageTimes times) {
    client.accept(
        ServerMessage.newBuilder()
            .setTurn(
                TurnEvent.newBuilder()
                    .setType(TurnEvent.Type.TYPE_COMPLETED)
                    .setReason(why)
                    .setPromptUnits(promptUnits)
                    .setContinuationUnits(speech.timeline().units())
                    .setContinuationSamples(speech.sentSamples())));
    if (times != null) {
      LatencyTrace trace =
          clock.trace(
              times,
              Math.round(MICROS_PER_SECOND * secondsIn()),
              Math.round(MICROS_PER_SECOND * secondsOut()));
      if (settings.latencyTrace()) {
        client.accept(ServerMessage.newBuilder().setLatency(trace));
      }
      meter.ended(promptUnits, speech.timeline().units(), trace);
    }
    client.accept(ServerMessage.newBuilder().setEnd(EndSession.newBuilder().setReason(sessionWhy)));
  }

  /** Seconds of audio that came. */
  double secondsIn() {
    return (double) decoder.samples() / settings.input().rateHz();
  }

  /** Seconds of audio that was sent. */
  double secondsOut() {
    return (double) speech.sentSamples() / settings.output().rateHz();
  }

  private void trace(TokenTrace.Origin origin, List<Integer> units) {
    if (settings.tokenTrace() && !units.isEmpty()) {
      client.accept(
          ServerMessage.newBuilder()
              .setTokens(TokenTrace.newBuilder().setOrigin(origin).addAllUnits(units)));
    }
  }

  /** Lets go of the voice and the codecs. Idempotent. */
  @Override
  public void close() {
    speech.clear();
    meter.buffered(0);
    voice.close();
    decoder.close();
    encoder.close();
  }
}
