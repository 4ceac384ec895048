// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.Message;
import dev.continuo.model.InputException;
import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.PromptTooLongException;
import dev.continuo.model.pipeline.StageTimes;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.EndSession;
import dev.continuo.v1.GoAway;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.Marker;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionWarning;
import dev.continuo.v1.TokenTrace;
import dev.continuo.v1.TurnEvent;
import dev.continuo.wire.Reasons;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One conversation: takes a client's messages and its voice's events, sends what follows from them.
 *
 * <p>After each call the caller asks {@link #wakeNanos} when to call {@link #wake}, and {@link
 * #wantsInput} whether to read on. Once {@link #over}, every call is ignored. <i>Serialised by the
 * caller.</i>
 */
public final class Session {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final int MAX_NAME_BYTES = 128;
  private static final int RETRY_MILLIS = 1_000;

  /** Least speech that is made ahead of what was sent, in seconds. */
  private static final double AHEAD_SECONDS = 0.4;

  private enum State {
    NEW,
    LISTENING,
    SPEAKING,
    OVER
  }

  /**
   * What a session lives among.
   *
   * @param seeds draws seeds
   */
  public record Surroundings(
      Bundles bundles, ServerLimits limits, Ticker ticker, LongSupplier seeds) {}

  private record Mark(long afterSamples, Marker marker) {}

  private final String id;
  private final Surroundings around;
  private final Outlet outlet;
  private final Consumer<Voice.Event> events;
  private final UnknownFields unknown = new UnknownFields();
  private final TurnClock clock = new TurnClock();
  private final Deque<Mark> marks = new ArrayDeque<>();
  private final long startNanos;

  private State state = State.NEW;
  private String requestId;
  private long heardNanos; // when the client last said something, or could not
  private long blockedNanos = Long.MAX_VALUE; // since when the client does not read
  private long goneNanos = Long.MAX_VALUE; // when the server closes
  private @Nullable Settings settings;
  private @Nullable Voice voice;
  private @Nullable InputDecoder decoder;
  private @Nullable OutputEncoder encoder;
  private @Nullable SpeechQueue speech;
  private Voice.@Nullable Ended ended;
  private long consumedSamples;
  private long ackedSamples;
  private int promptUnits;
  private boolean told; // that playback positions are of no use

  /**
   * A session whose client has just come.
   *
   * @param id unique name on this server
   * @param outlet the way to the client
   * @param events given to the voice as its listener: hands each event to {@link #receive}, never
   *     within a call of the session
   */
  public Session(String id, Surroundings around, Outlet outlet, Consumer<Voice.Event> events) {
    this.id = id;
    this.requestId = id;
    this.around = around;
    this.outlet = outlet;
    this.events = events;
    this.startNanos = around.ticker().nanos();
    this.heardNanos = startNanos;
  }

  /** Unique name of this session on this server. */
  public String id() {
    return id;
  }

  /** The client's name for it, or the session's id. */
  public String requestId() {
    return requestId;
  }

  /** Whether it has ended, well or not. */
  public boolean over() {
    return state == State.OVER;
  }

  /** Whether it has got its settings. */
  public boolean started() {
    return settings != null;
  }

  /** Whether the client's next message should be read. */
  public boolean wantsInput() {
    return state != State.OVER && outlet.isReady() && bufferedMillis() < inputBufferMillis();
  }

  private int inputBufferMillis() {
    return around.limits().inputBufferMillis();
  }

  private long bufferedMillis() {
    if (decoder == null || settings == null || state != State.LISTENING) {
      return 0;
    }
    return (decoder.samples() - consumedSamples) * 1000 / settings.input().rateHz();
  }

  /** Takes the client's next message. */
  public void receive(ClientMessage message) {
    guarded(
        () -> {
          heardNanos = now();
          take(message);
        });
  }

  /** The client will send no more: the prompt has ended, if it has not before. */
  public void halfClose() {
    guarded(
        () -> {
          if (state == State.NEW) {
            throw SessionFailure.of(
                Reasons.CONFIG_EXPECTED, "no message (expected: config, then audio)");
          }
          if (state == State.LISTENING) {
            commit();
          }
        });
  }

  /** Takes the voice's next event. */
  public void receive(Voice.Event event) {
    guarded(
        () -> {
          if (event instanceof Voice.Heard heard) {
            heard(heard);
          } else if (event instanceof Voice.Committed) {
            committed();
          } else if (event instanceof Voice.Said said) {
            said(said);
          } else if (event instanceof Voice.Ended end) {
            ended(end);
          } else if (event instanceof Voice.Failed failed) {
            throw failed.cause();
          }
        });
  }

  /** Looks at the time, and at whether the client reads. */
  public void wake() {
    guarded(this::checkDeadlines);
  }

  /** The server will close in a while. */
  public void goAway(int timeLeftMillis, String reason) {
    guarded(
        () -> {
          if (state == State.NEW) {
            throw shuttingDown(reason);
          }
          goneNanos = now() + timeLeftMillis * NANOS_PER_MILLI;
          send(
              ServerMessage.newBuilder()
                  .setGoAway(
                      GoAway.newBuilder().setTimeLeftMillis(timeLeftMillis).setReason(reason)));
        });
  }

  /** The client has gone: frees everything. */
  public void abandon() {
    close();
  }

  /** When {@link #wake} is to be called at the latest. */
  public long wakeNanos() {
    if (state == State.OVER) {
      return Long.MAX_VALUE;
    }
    long wake = Math.min(goneNanos, startNanos + millis(around.limits().maxSessionMillis()));
    if (blockedNanos != Long.MAX_VALUE) {
      wake = Math.min(wake, blockedNanos + millis(around.limits().slowConsumerMillis()));
    } else if (speech != null) {
      wake = Math.min(wake, Math.max(startNanos, speech.dueNanos()));
    }
    return idleCounts() ? Math.min(wake, heardNanos + idleNanos()) : wake;
  }

  private boolean idleCounts() {
    return state == State.NEW || (state == State.LISTENING && wantsInput());
  }

  private long idleNanos() {
    return millis(settings == null ? around.limits().maxIdleMillis() : settings.idleMillis());
  }

  private void take(ClientMessage message) {
    if (settings == null) {
      if (message.getMessageTypeCase() != ClientMessage.MessageTypeCase.CONFIG) {
        throw SessionFailure.of(
            Reasons.CONFIG_EXPECTED, "first message: " + name(message) + " (expected: config)");
      }
      if (message.hasRequestId()) {
        requestId = limited("request_id", message.getRequestId());
      }
      start(message.getConfig());
      warn(message);
      return;
    }
    warn(message);
    switch (message.getMessageTypeCase()) {
      case CONFIG ->
          throw SessionFailure.of(
              Reasons.CONFIG_TWICE, "config: given twice (expected: in the first message only)");
      case AUDIO -> hear(message.getAudio());
      case COMMIT -> {
        if (state != State.LISTENING) {
          throw outOfOrder("commit", "once");
        }
        commit();
      }
      case CANCEL -> cancel();
      case PLAYBACK -> ignorePlayback();
      case UPDATE -> throw SessionFailure.notBuilt("update");
      case MARKER -> mark(message.getMarker());
      case MESSAGETYPE_NOT_SET ->
          throw SessionFailure.of(
              Reasons.EMPTY_MESSAGE, "a message of no known type (expected: audio, commit, ...)");
    }
  }

  private void start(SessionConfig config) {
    Settings s = Config.settings(config, around.bundles(), around.limits(), around.seeds());
    long maxSamples = (long) around.limits().maxPromptMillis() * s.input().rateHz() / 1000;
    double seconds = s.maxContinuationMillis() / 1e3;
    Voice opened =
        s.bundle()
            .open(
                new VoiceBundle.Request(s.input().rateHz(), maxSamples, seconds, s.sampling()),
                events);
    voice = opened;
    settings = s;
    state = State.LISTENING;
    decoder = new InputDecoder(s.input(), maxSamples);
    OutputEncoder out = s.encoder(opened.sampleRateHz());
    encoder = out;
    speech = new SpeechQueue(s, s.bundle().info().getUnitRateHertz());
    send(
        ServerMessage.newBuilder()
            .setStarted(s.started(id, out.preSkipSamples(), around.limits())));
  }

  private void hear(AudioChunk chunk) {
    if (state != State.LISTENING || decoder == null || voice == null) {
      throw SessionFailure.ofField(
          Reasons.NOT_BUILT,
          "audio",
          "after the commit; a second turn is not built in this server (expected: one turn)");
    }
    long before = now();
    float[] samples = decoder.decode(chunk);
    clock.decoded(now() - before);
    if (samples.length > 0) {
      voice.hear(samples);
    }
  }

  private void commit() {
    if (decoder == null || voice == null) {
      return;
    }
    if (decoder.samples() == 0) {
      throw SessionFailure.ofField(
          Reasons.INVALID_AUDIO, "audio", "none before the commit (expected: speech)");
    }
    state = State.SPEAKING;
    clock.committed(now());
    allow();
    voice.commit();
  }

  private void cancel() {
    if (voice != null) {
      voice.close();
    }
    if (speech != null) {
      speech.clear();
    }
    finish(TurnEvent.Reason.REASON_CANCELLED, EndSession.Reason.REASON_CANCELLED, null);
  }

  private void ignorePlayback() {
    if (!told) {
      told = true;
      warn("playback", "positions are taken and not used yet");
    }
  }

  private void mark(Marker marker) {
    limited("marker.name", marker.getName());
    marks.add(new Mark(decoder == null ? 0 : decoder.samples(), marker));
    answerMarks();
  }

  private void answerMarks() {
    for (Mark next = marks.peek();
        next != null && next.afterSamples <= consumedSamples;
        next = marks.peek()) {
      send(ServerMessage.newBuilder().setMarker(next.marker));
      marks.remove();
    }
  }

  private void heard(Voice.Heard heard) {
    if (!wantsInput()) {
      heardNanos = now(); // nobody asked for more, so silence was not the client's
    }
    consumedSamples = heard.consumedSamples();
    promptUnits += heard.units().size();
    trace(TokenTrace.Origin.ORIGIN_PROMPT, heard.units());
    if (settings != null && settings.ackMillis() > 0) {
      long interval = (long) settings.ackMillis() * settings.input().rateHz() / 1000;
      if (consumedSamples / interval > ackedSamples / interval) {
        acknowledge();
      }
    }
    answerMarks();
  }

  private void acknowledge() {
    ackedSamples = consumedSamples;
    send(
        ServerMessage.newBuilder()
            .setAck(
                InputAck.newBuilder()
                    .setReceivedSamples(decoder == null ? 0 : decoder.samples())
                    .setConsumedSamples(consumedSamples)
                    .setPromptUnits(promptUnits)));
  }

  private void committed() {
    if (settings != null && settings.ackMillis() > 0) {
      acknowledge();
    }
    send(
        ServerMessage.newBuilder()
            .setTurn(
                TurnEvent.newBuilder()
                    .setType(TurnEvent.Type.TYPE_COMMITTED)
                    .setPromptUnits(promptUnits)));
  }

  private void said(Voice.Said said) {
    if (encoder == null || speech == null) {
      return;
    }
    clock.said(said);
    trace(TokenTrace.Origin.ORIGIN_CONTINUATION, said.drawn());
    speech.timeline().add(said.units());
    long before = now();
    List<Piece> pieces = encoder.push(said.samples());
    clock.encoded(now() - before);
    speech.add(pieces);
    flush();
  }

  private void ended(Voice.Ended end) {
    if (encoder == null || speech == null) {
      return;
    }
    ended = end;
    long before = now();
    speech.add(encoder.finish());
    clock.encoded(now() - before);
    speech.finish();
    flush();
  }

  /** Sends what is due while the client reads, and the end behind it. */
  private void flush() {
    if (speech == null) {
      return;
    }
    while (outlet.isReady() && speech.dueNanos() <= now()) {
      boolean first = speech.sent() == 0;
      send(ServerMessage.newBuilder().setAudio(speech.next(now())));
      if (first) {
        clock.handedOver(now());
      }
      allow();
    }
    if (ended != null && speech.isEmpty()) {
      finish(reason(ended.end()), EndSession.Reason.REASON_COMPLETED, ended.times());
    }
  }

  private void allow() {
    if (voice != null && speech != null && settings != null) {
      double ahead = Math.max(AHEAD_SECONDS, 2e-3 * settings.maxChunkMillis());
      voice.allow((long) Math.ceil(speech.allowedSeconds(ahead) * voice.sampleRateHz()));
    }
  }

  private static TurnEvent.Reason reason(Continuation.End end) {
    return switch (end) {
      case SECONDS -> TurnEvent.Reason.REASON_MAX_LENGTH;
      case MODEL -> TurnEvent.Reason.REASON_END_OF_SEQUENCE;
      case CONTEXT -> TurnEvent.Reason.REASON_CONTEXT_FULL;
    };
  }

  private void finish(
      TurnEvent.Reason why, EndSession.Reason sessionWhy, @Nullable StageTimes times) {
    if (speech == null || settings == null || decoder == null) {
      return;
    }
    send(
        ServerMessage.newBuilder()
            .setTurn(
                TurnEvent.newBuilder()
                    .setType(TurnEvent.Type.TYPE_COMPLETED)
                    .setReason(why)
                    .setPromptUnits(promptUnits)
                    .setContinuationUnits(speech.timeline().units())
                    .setContinuationSamples(speech.sentSamples())));
    if (settings.latencyTrace() && times != null) {
      double prompt = MICROS_PER_SECOND * decoder.samples() / settings.input().rateHz();
      double spoken = MICROS_PER_SECOND * speech.sentSamples() / settings.output().rateHz();
      send(
          ServerMessage.newBuilder()
              .setLatency(clock.trace(times, Math.round(prompt), Math.round(spoken))));
    }
    send(ServerMessage.newBuilder().setEnd(EndSession.newBuilder().setReason(sessionWhy)));
    close();
    outlet.complete();
  }

  private void checkDeadlines() {
    long now = now();
    if (now >= goneNanos) {
      throw shuttingDown("the server is being stopped");
    }
    if (now >= startNanos + millis(around.limits().maxSessionMillis())) {
      throw SessionFailure.of(
          Reasons.SESSION_MAX_AGE,
          "session: older than %d s (expected: a new session)"
              .formatted(around.limits().maxSessionMillis() / 1000));
    }
    if (idleCounts() && now >= heardNanos + idleNanos()) {
      throw SessionFailure.of(
          Reasons.IDLE_TIMEOUT,
          "nothing from the client for %d ms (expected: audio or a commit)"
              .formatted(idleNanos() / NANOS_PER_MILLI));
    }
    flush();
    if (state != State.OVER
        && blockedNanos != Long.MAX_VALUE
        && now >= blockedNanos + millis(around.limits().slowConsumerMillis())) {
      throw SessionFailure.of(
          Reasons.SLOW_CONSUMER,
          "nothing read by the client for %d ms (expected: reading at the speed of playback)"
              .formatted(around.limits().slowConsumerMillis()));
    }
  }

  private static SessionFailure shuttingDown(String reason) {
    return SessionFailure.retry(Reasons.SHUTTING_DOWN, reason, RETRY_MILLIS);
  }

  private SessionFailure outOfOrder(String what, String expected) {
    return SessionFailure.of(
        Reasons.OUT_OF_ORDER, what + ": not after the commit (expected: " + expected + ")");
  }

  private void trace(TokenTrace.Origin origin, List<Integer> units) {
    if (settings != null && settings.tokenTrace() && !units.isEmpty()) {
      send(
          ServerMessage.newBuilder()
              .setTokens(TokenTrace.newBuilder().setOrigin(origin).addAllUnits(units)));
    }
  }

  private void warn(Message message) {
    for (String field : unknown.fresh(message)) {
      warn(field, "a field this server does not know, ignored");
    }
  }

  private void warn(String field, String message) {
    send(
        ServerMessage.newBuilder()
            .setWarning(SessionWarning.newBuilder().setField(field).setMessage(message)));
  }

  private static String limited(String field, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw SessionFailure.setting(field, bytes + " bytes", "at most " + MAX_NAME_BYTES);
    }
    return text;
  }

  private static String name(ClientMessage message) {
    return message.getMessageTypeCase() == ClientMessage.MessageTypeCase.MESSAGETYPE_NOT_SET
        ? "none of a known type"
        : message.getMessageTypeCase().name().toLowerCase(java.util.Locale.ROOT);
  }

  private void send(ServerMessage.Builder message) {
    outlet.send(message.setRequestId(requestId).build());
  }

  private long now() {
    return around.ticker().nanos();
  }

  private static long millis(long millis) {
    return millis * NANOS_PER_MILLI;
  }

  /** Runs one call; a failure ends the session. */
  private void guarded(Runnable call) {
    if (state == State.OVER) {
      return;
    }
    try {
      call.run();
      blockedNanos = outlet.isReady() ? Long.MAX_VALUE : Math.min(blockedNanos, now());
    } catch (SessionFailure e) {
      close();
      outlet.fail(e);
    } catch (PromptTooLongException e) {
      close();
      outlet.fail(SessionFailure.of(Reasons.AUDIO_TOO_LONG, String.valueOf(e.getMessage())));
    } catch (InputException e) {
      close();
      outlet.fail(SessionFailure.of(Reasons.INVALID_AUDIO, String.valueOf(e.getMessage())));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void close() {
    state = State.OVER;
    if (voice != null) {
      voice.close();
    }
    if (decoder != null) {
      decoder.close();
    }
    if (encoder != null) {
      encoder.close();
    }
  }
}
