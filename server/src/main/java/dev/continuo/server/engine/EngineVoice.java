// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.pipeline.Continuation;
import dev.continuo.model.pipeline.ContinuationSession;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.model.pipeline.Prompt;
import dev.continuo.model.pipeline.Stage;
import dev.continuo.model.pipeline.Ticker;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import dev.continuo.v1.UnitSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's continuation in the engine.
 *
 * <p>Deadlines, by which the engine chooses: audio is to be tokenized soon after it came, so that
 * little is left at the commit; after the commit the first speech is due at once, and then each
 * piece when the one before has been heard. Where its client is silent it may have to give its row
 * to another; what it hears then becomes units all the same, and context again when it has a row.
 * <i>Thread-safe: {@link Voice}'s methods leave wishes under a lock, {@link Task}'s are the engine
 * thread's.</i>
 */
final class EngineVoice implements Voice, TokenizingTask, VocodingTask {
  private static final Logger LOG = LoggerFactory.getLogger(EngineVoice.class);

  /** How long arrived audio may wait: less than any lead, more than a newcomer's first packet. */
  private static final long LISTEN_NANOS = 300_000_000;

  /** Audio tokenized in one step: two chunks of the encoder, about 4 ms of work. */
  private static final int STEP_MILLIS = 320;

  /** How long before it would fall silent a voice goes before others: what a step or two take. */
  private static final long GUARD_NANOS = 100_000_000;

  /** How long others may go before one that does not speak yet. */
  private static final long PATIENCE_NANOS = 500_000_000;

  private static final double NANOS_PER_SECOND = 1e9;

  private final String bundle;
  private final Engine engine;
  private final Networks networks;
  private final UnitLanguageModel.Rows rows;
  private final VoiceBundle.Request request;
  private final Consumer<Event> listener;
  private final Stay stay;
  private final Ticker ticker;
  private final Inbox inbox;

  private @Nullable ContinuationSession continuation;
  private boolean parked; // its context has no row
  private boolean approached;
  private boolean spoke;
  private boolean done;
  private int heard; // samples that are being tokenized
  private long heardSamples;
  private long heardNanos; // when the audio heard last came
  private long lastStepNanos;
  private long saidSamples;
  private long firstSaidNanos;
  private int drawnTold;
  private int unitsTold;

  EngineVoice(
      String bundle,
      Engine engine,
      Networks networks,
      UnitLanguageModel.Rows rows,
      VoiceBundle.Request request,
      Consumer<Event> listener,
      Seats.Seat seat,
      Ticker ticker) {
    this.bundle = bundle;
    this.engine = engine;
    this.networks = networks;
    this.rows = rows;
    this.request = request;
    this.listener = listener;
    this.stay = new Stay(seat, ticker, engine::wake);
    this.ticker = ticker;
    this.lastStepNanos = ticker.nanos();
    this.inbox = new Inbox(request.inputRateHz() * STEP_MILLIS / 1000);
  }

  @Override
  public int sampleRateHz() {
    return networks.vocoder().sampleRateHz();
  }

  @Override
  public void hear(float[] samples) {
    stay.need(); // before: the engine knows by then whether it has to leave
    inbox.hear(samples, ticker.nanos());
    engine.wake();
  }

  @Override
  public void commit() {
    stay.need();
    inbox.commit(ticker.nanos());
    engine.wake();
  }

  @Override
  public void allow(long samples) {
    inbox.allow(samples);
    engine.wake();
  }

  @Override
  public void rest() {
    stay.rest();
  }

  @Override
  public long waitsSinceNanos() {
    return stay.waitsSinceNanos();
  }

  @Override
  public void close() {
    inbox.close();
    engine.wake();
  }

  @Override
  public boolean over() {
    return done || inbox.closed();
  }

  /** Which of {@link #rows} is its own now, or {@link Stay#NO_ROW}. */
  int row() {
    return stay.row();
  }

  /** Whether another session is to have its row. */
  boolean isAskedToLeave() {
    return stay.mustLeave();
  }

  /** Whether its next step is to give up its row or to take one again. */
  private boolean moves() {
    return isAskedToLeave() || (parked && row() != Stay.NO_ROW);
  }

  /** The language model's pass that comes next, or none. */
  private @Nullable Pass next(ContinuationSession session) {
    if (session.wantsPrefill()) {
      return Pass.PREFILL;
    }
    boolean speaks = !inbox.hasAudio() && session.wantsUnit() && ready();
    return speaks ? Pass.DRAW : null;
  }

  /** The pass that its next step is; none where it gives up its row or takes one again. */
  @Override
  public @Nullable Pass pass() {
    if (over() || moves()) {
      return null;
    }
    ContinuationSession session = continuation;
    Pass language = session == null || parked ? null : next(session);
    if (language != null) {
      return language;
    }
    boolean speaks = session != null && session.committed() && !inbox.hasAudio();
    return speaks ? Pass.VOCODE : Pass.TOKENIZE;
  }

  @Override
  public Object network(Pass pass) {
    return switch (pass) {
      case TOKENIZE -> networks.encoder();
      case PREFILL, DRAW -> rows;
      case VOCODE -> networks.vocoder();
    };
  }

  @Override
  public int mostTogether(Pass pass) {
    return switch (pass) {
      case TOKENIZE -> networks.encoder().mostTogether();
      case PREFILL, DRAW -> rows.rows();
      case VOCODE -> networks.vocoder().mostTogether();
    };
  }

  /** Its continuation, where {@link #pass} says something. */
  ContinuationSession continuation() {
    return Objects.requireNonNull(continuation);
  }

  /** The rows that its sequence is one of. */
  UnitLanguageModel.Rows rows() {
    return rows;
  }

  /** Whether its listener waits for the first speech. */
  @Override
  public boolean isNew() {
    return !spoke;
  }

  @Override
  public boolean ready() {
    ContinuationSession session = continuation;
    if (moves() || inbox.hasAudio() || (session != null && session.wantsPrefill())) {
      return true;
    }
    if (parked && session != null && session.committed()) {
      return false; // it has a prompt, and no row to speak from
    }
    return inbox.committed() && (!spoke || saidSamples < inbox.allowed());
  }

  @Override
  public long deadlineNanos() {
    if (moves()) {
      return lastStepNanos; // takes no time, and others wait for it
    }
    if (inbox.committed()) {
      double ahead = saidSamples / (double) sampleRateHz();
      return spoke ? firstSaidNanos + (long) (ahead * NANOS_PER_SECOND) : inbox.committedNanos();
    }
    return wishedNanos() + LISTEN_NANOS;
  }

  @Override
  public long neededNanos() {
    if (moves()) {
      return lastStepNanos;
    }
    if (spoke) {
      return deadlineNanos() - GUARD_NANOS;
    }
    long wished = inbox.committed() ? inbox.committedNanos() : wishedNanos();
    return Math.max(wished, lastStepNanos) + PATIENCE_NANOS;
  }

  private long wishedNanos() {
    return inbox.hasAudio() ? inbox.oldestNanos() : heardNanos;
  }

  @Override
  public Lane lane() {
    Pass pass = pass();
    return pass == null ? Lane.CODECS : pass.lane();
  }

  @Override
  public void stepped(long nowNanos) {
    lastStepNanos = nowNanos;
  }

  @Override
  public boolean hasDeadline() {
    return spoke || !inbox.committed();
  }

  @Override
  public String session() {
    return request.session();
  }

  @Override
  public String bundle() {
    return bundle;
  }

  @Override
  public Stage step() {
    if (!over() && moves()) { // the client may have gone since the engine looked
      move(opened());
    }
    return Stage.WAIT;
  }

  private ContinuationSession opened() {
    ContinuationSession session = continuation;
    if (session == null) {
      session = open();
      continuation = session;
    }
    return session;
  }

  @Override
  public SpeechEncoder.@Nullable Step beginTokenizing() {
    heard = 0;
    if (over()) {
      return null; // the client has gone since the engine looked
    }
    ContinuationSession session = opened();
    if (inbox.committed() && !approached) {
      approached = true;
      session.approach();
    }
    if (!inbox.hasAudio()) {
      return inbox.committed() ? session.beginCommit() : null;
    }
    heardNanos = inbox.oldestNanos();
    float[] samples = inbox.take();
    heard = samples.length;
    return session.beginPush(samples, 0, samples.length);
  }

  @Override
  public void endTokenizing(SpeechEncoder.Units units, int mates) {
    ContinuationSession session = continuation();
    if (!session.committed()) {
      tell(session.endPush(units, mates), heard);
      return;
    }
    tell(session.endCommit(units, mates), 0);
    listener.accept(new Committed());
  }

  @Override
  public UnitVocoder.@Nullable Step beginVocoding() {
    return over() ? null : continuation().beginStep();
  }

  @Override
  public void endVocoding(float[] given, int mates) {
    speak(continuation(), given, mates);
  }

  private void move(ContinuationSession session) {
    if (!isAskedToLeave()) {
      session.sequence().resume(row());
      parked = false;
      engine.returned(this);
      log("has a row again");
      return;
    }
    if (!parked) {
      session.sequence().park();
      parked = true;
      engine.evicted(this);
      log("silent, its row goes to another session");
    }
    stay.leave();
  }

  private void log(String what) {
    LOG.atInfo().addKeyValue("session_id", session()).addKeyValue("bundle", bundle).log(what);
  }

  private ContinuationSession open() {
    Prompt prompt = new Prompt("audio", request.inputRateHz(), request.maxPromptSamples());
    return ContinuationSession.inCompany(
        networks,
        positions -> rows.open(row()),
        prompt,
        request.seconds(),
        request.sampling(),
        ticker);
  }

  private void tell(int[] units, int samples) {
    heardSamples += samples;
    listener.accept(new Heard(heardSamples, IntStream.of(units).boxed().toList()));
  }

  private void speak(ContinuationSession session, float[] given, int mates) {
    float[] samples = session.endStep(given, mates);
    if (samples.length > 0 || session.ended()) {
      long now = ticker.nanos();
      listener.accept(
          new Said(samples, drawn(session), spoken(session), session.sinceCommit(), now));
      saidSamples += samples.length;
      if (!spoke) {
        spoke = true;
        firstSaidNanos = now;
      }
    }
    if (session.ended()) {
      Continuation result = session.result();
      done = true;
      free(); // before the client has heard it all: others can have the memory
      listener.accept(new Ended(result.end(), result.times()));
    }
  }

  private List<Integer> drawn(ContinuationSession session) {
    List<Integer> all = session.drawn();
    List<Integer> fresh = List.copyOf(all.subList(drawnTold, all.size()));
    drawnTold = all.size();
    return fresh;
  }

  private List<UnitSpan> spoken(ContinuationSession session) {
    List<UnitSpan> fresh = new ArrayList<>();
    for (; unitsTold < session.units().size(); unitsTold++) {
      fresh.add(
          UnitSpan.newBuilder()
              .setUnit(session.units().get(unitsTold))
              .setDurationFrames(session.durations().get(unitsTold))
              .build());
    }
    return fresh;
  }

  @Override
  public void fail(RuntimeException cause) {
    done = true;
    listener.accept(new Failed(cause));
  }

  @Override
  public void free() {
    done = true;
    try {
      if (continuation != null) {
        continuation.close();
      }
    } finally {
      if (parked) {
        parked = false;
        engine.returned(this);
      }
      stay.end();
    }
  }
}
