// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import com.google.protobuf.Message;
import dev.continuo.model.InputException;
import dev.continuo.model.pipeline.PromptTooLongException;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.GoAway;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SessionWarning;
import dev.continuo.wire.Reasons;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
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
  private static final int MAX_NAME_BYTES = 128;

  private enum State {
    NEW,
    WAITING,
    LISTENING,
    SPEAKING,
    OVER
  }

  /**
   * What a session lives among.
   *
   * @param seeds draws seeds
   * @param seats room for it and the others
   * @param observer is told what becomes of it
   */
  public record Surroundings(
      Bundles bundles,
      ServerLimits limits,
      Ticker ticker,
      LongSupplier seeds,
      Seats seats,
      SessionObserver observer) {}

  /**
   * How a session is called and where it came from.
   *
   * @param id unique name on this server
   * @param traceParent trace context of its client, as W3C writes it; empty without one
   */
  public record Origin(String id, String traceParent) {}

  /** What brings a session what happens elsewhere. <i>Thread-safe.</i> */
  public interface Postbox {
    /** Hands an event of the voice to {@link #receive}, never within a call of the session. */
    void post(Voice.Event event);

    /** Hands a seat to {@link #seated}, never within a call of the session. */
    void post(Seats.Seat seat);
  }

  private final Origin origin;
  private final Surroundings around;
  private final Outlet outlet;
  private final Postbox postbox;
  private final UnknownFields unknown = new UnknownFields();
  private final Deadlines deadlines;

  private State state = State.NEW;
  private String requestId;
  private boolean admitted;
  private int turns; // completed
  private Seats.@Nullable Place place;
  private @Nullable Settings settings;
  private ClientMessage first = ClientMessage.getDefaultInstance(); // with the config
  private @Nullable Turn turn;
  private boolean told; // that playback positions are of no use

  /**
   * A session whose client has just come.
   *
   * @param outlet the way to the client
   * @param postbox brings the voice's events and the seat that it waits for
   */
  public Session(Origin origin, Surroundings around, Outlet outlet, Postbox postbox) {
    this.origin = origin;
    this.requestId = origin.id();
    this.around = around;
    this.outlet = outlet;
    this.postbox = postbox;
    this.deadlines = new Deadlines(around.limits(), around.ticker().nanos());
  }

  /** Unique name of this session on this server. */
  public String id() {
    return origin.id();
  }

  /** The client's name for it, or the session's id. */
  public String requestId() {
    return requestId;
  }

  /** Whether it has ended, well or not. */
  public boolean over() {
    return state == State.OVER;
  }

  /** Whether the client's next message should be read. */
  public boolean wantsInput() {
    return state != State.OVER
        && state != State.WAITING
        && outlet.isReady()
        && bufferedMillis() < around.limits().inputBufferMillis();
  }

  private long bufferedMillis() {
    return turn == null || state != State.LISTENING ? 0 : turn.bufferedMillis();
  }

  /** Takes the client's next message. */
  public void receive(ClientMessage message) {
    guarded(
        () -> {
          deadlines.heard(now());
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
          if (state == State.WAITING) {
            throw Turn.noAudio(); // all that came before has been read
          }
          if (turn != null && state == State.LISTENING) {
            commit(turn);
          }
        });
  }

  /** Takes the voice's next event. */
  public void receive(Voice.Event event) {
    guarded(
        () -> {
          if (event instanceof Voice.Failed failed) {
            throw failed.cause();
          }
          if (turn != null) {
            happened(turn, event);
          }
        });
  }

  private void happened(Turn current, Voice.Event event) {
    if (event instanceof Voice.Heard heard) {
      if (!wantsInput()) {
        deadlines.heard(now()); // nobody asked for more, so silence was not the client's
      }
      current.heard(heard);
    } else if (event instanceof Voice.Committed) {
      current.committed();
    } else if (event instanceof Voice.Said said) {
      current.said(said);
      flush();
    } else if (event instanceof Voice.Ended ended) {
      current.ended(ended);
      flush();
    }
  }

  /** Looks at the time, and at whether the client reads. */
  public void wake() {
    guarded(this::checkDeadlines);
  }

  /** The server will close in a while. */
  public void goAway(int timeLeftMillis, String reason) {
    guarded(
        () -> {
          if (state == State.NEW || state == State.WAITING) {
            throw Deadlines.shuttingDown(reason);
          }
          deadlines.leave(now(), timeLeftMillis);
          send(
              ServerMessage.newBuilder()
                  .setGoAway(
                      GoAway.newBuilder().setTimeLeftMillis(timeLeftMillis).setReason(reason)));
        });
  }

  /** The client has gone: frees everything. */
  public void abandon() {
    close("client_gone", "");
  }

  /** Ends it because of a defect of ours; its outlet is told nothing. */
  public void defect() {
    close("defect", "");
  }

  /** When {@link #wake} is to be called at the latest. */
  public long wakeNanos() {
    if (state == State.OVER) {
      return Long.MAX_VALUE;
    }
    if (state == State.WAITING) {
      return deadlines.nextInLine();
    }
    long wake = deadlines.next(idleCounts(), silentNanos(), seatlessNanos());
    return turn == null || deadlines.blocked()
        ? wake
        : Math.min(wake, Math.max(deadlines.startNanos(), turn.dueNanos()));
  }

  /** Since when its client says nothing while it could, or never. */
  private long silentNanos() {
    return turn == null || state != State.LISTENING ? Long.MAX_VALUE : turn.silentNanos();
  }

  /** Since when its voice waits for a seat again, or never. */
  private long seatlessNanos() {
    return turn == null ? Long.MAX_VALUE : turn.waitsSinceNanos();
  }

  private boolean idleCounts() {
    return state == State.NEW || (state == State.LISTENING && wantsInput());
  }

  private void take(ClientMessage message) {
    Turn current = turn;
    if (current == null) {
      if (message.getMessageTypeCase() != ClientMessage.MessageTypeCase.CONFIG) {
        throw SessionFailure.of(
            Reasons.CONFIG_EXPECTED, "first message: " + name(message) + " (expected: config)");
      }
      if (message.hasRequestId()) {
        requestId = limited("request_id", message.getRequestId());
      }
      first = message;
      start(message.getConfig());
      return;
    }
    warn(message);
    switch (message.getMessageTypeCase()) {
      case CONFIG ->
          throw SessionFailure.of(
              Reasons.CONFIG_TWICE, "config: given twice (expected: in the first message only)");
      case AUDIO -> {
        requireFirstTurn();
        current.hear(message.getAudio());
      }
      case COMMIT -> {
        if (state != State.LISTENING) {
          throw SessionFailure.of(
              Reasons.OUT_OF_ORDER, "commit: not after the commit (expected: once)");
        }
        commit(current);
      }
      case CANCEL -> {
        current.cancel();
        complete("cancelled");
      }
      case PLAYBACK -> ignorePlayback();
      case UPDATE -> throw SessionFailure.notBuilt("update");
      case MARKER -> {
        limited("marker.name", message.getMarker().getName());
        current.mark(message.getMarker());
      }
      case MESSAGETYPE_NOT_SET ->
          throw SessionFailure.of(
              Reasons.EMPTY_MESSAGE, "a message of no known type (expected: audio, commit, ...)");
    }
  }

  /** Decides whether it is let in; what it then needs is made in another call. */
  private void start(SessionConfig config) {
    Settings s = Config.settings(config, around.bundles(), around.limits(), around.seeds());
    settings = s;
    deadlines.config(s.idleMillis(), now());
    Seats.Place stands = around.seats().queue(postbox::post);
    Optional<Seats.Seat> seat = stands.seat();
    state = State.WAITING;
    if (seat.isPresent()) {
      postbox.post(seat.get());
    } else {
      place = stands;
      around.observer().waits(who());
    }
  }

  /** The session has a seat, which it may have stood in line for. */
  public void seated(Seats.Seat seat) {
    Settings s = settings;
    if (state != State.WAITING || s == null) {
      seat.free(); // it ended meanwhile
      return;
    }
    if (place != null) {
      place = null;
      around.observer().waitsNoMore(who());
    }
    guarded(() -> begin(s, seat));
  }

  private void begin(Settings s, Seats.Seat seat) {
    long maxSamples = (long) around.limits().maxPromptMillis() * s.input().rateHz() / 1000;
    double seconds = s.maxContinuationMillis() / 1e3;
    VoiceBundle.Request request =
        new VoiceBundle.Request(origin.id(), s.input().rateHz(), maxSamples, seconds, s.sampling());
    Voice opened;
    try {
      opened = s.bundle().open(request, seat, postbox::post);
    } catch (RuntimeException | Error e) {
      seat.free();
      throw e;
    }
    long waited = deadlines.waitedNanos(now());
    TurnMeter meter = new TurnMeter(around.observer(), who(), around.ticker(), s.paced());
    try {
      turn = new Turn(s, opened, maxSamples, waited, around.ticker(), outlet, this::send, meter);
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
    state = State.LISTENING;
    deadlines.heard(now()); // in line nobody asked for more
    admitted = true;
    around.observer().admitted(who(), waited);
    send(
        ServerMessage.newBuilder()
            .setStarted(s.started(origin.id(), turn.preSkipSamples(), around.limits())));
    warn(first);
  }

  private SessionObserver.Who who() {
    String bundle = settings == null ? "" : settings.bundle().info().getName();
    return new SessionObserver.Who(origin.id(), requestId, bundle, origin.traceParent());
  }

  private void requireFirstTurn() {
    if (state != State.LISTENING) {
      throw SessionFailure.ofField(
          Reasons.NOT_BUILT,
          "audio",
          "after the commit; a second turn is not built in this server (expected: one turn)");
    }
  }

  private void commit(Turn current) {
    current.commit();
    state = State.SPEAKING;
  }

  private void flush() {
    if (turn != null && turn.flush()) {
      turns++;
      complete("completed");
    }
  }

  private void complete(String reason) {
    close(reason, "");
    outlet.complete();
  }

  private void ignorePlayback() {
    if (!told) {
      told = true;
      warn("playback", "positions are taken and not used yet");
    }
  }

  private void checkDeadlines() {
    long now = now();
    deadlines.check(now, idleCounts());
    int waitMillis = around.limits().maxWaitMillis();
    if (state == State.WAITING && now >= deadlines.waitEndNanos()) {
      throw around.seats().noRoom("none within " + waitMillis + " ms");
    }
    if (now >= deadlines.seatDueNanos(seatlessNanos())) {
      throw around
          .seats()
          .noRoom("its seat was given away while it was silent, none within " + waitMillis + " ms");
    }
    if (turn != null && now >= deadlines.restNanos(silentNanos())) {
      turn.rest();
    }
    flush();
    if (state != State.OVER) {
      deadlines.checkReader(now);
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
        : message.getMessageTypeCase().name().toLowerCase(Locale.ROOT);
  }

  private void send(ServerMessage.Builder message) {
    outlet.send(message.setRequestId(requestId).build());
  }

  private long now() {
    return around.ticker().nanos();
  }

  /** Runs one call; a failure ends the session. */
  private void guarded(Runnable call) {
    if (state == State.OVER) {
      return;
    }
    try {
      call.run();
      deadlines.reads(outlet.isReady(), now());
    } catch (SessionFailure e) {
      fail(e);
    } catch (PromptTooLongException e) {
      fail(SessionFailure.of(Reasons.AUDIO_TOO_LONG, String.valueOf(e.getMessage())));
    } catch (InputException e) {
      fail(SessionFailure.of(Reasons.INVALID_AUDIO, String.valueOf(e.getMessage())));
    } catch (RuntimeException | Error e) {
      defect();
      throw e;
    }
  }

  private void fail(SessionFailure failure) {
    close(failure.reason().toLowerCase(Locale.ROOT), failure.line());
    outlet.fail(failure);
    if (!admitted) {
      around.observer().rejected(who(), failure, now() - deadlines.startNanos());
    }
  }

  private void close(String reason, String detail) {
    if (state == State.OVER) {
      return;
    }
    state = State.OVER;
    if (place != null) {
      place.leave();
      place = null;
      around.observer().waitsNoMore(who());
    }
    double secondsIn = turn == null ? 0 : turn.secondsIn();
    double secondsOut = turn == null ? 0 : turn.secondsOut();
    if (turn != null) {
      turn.close();
    }
    if (admitted) {
      around
          .observer()
          .ended(
              who(),
              new SessionObserver.SessionReport(
                  deadlines.startNanos(), now(), reason, detail, turns, secondsIn, secondsOut));
    }
  }
}
