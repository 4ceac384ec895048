// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.InputException;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.pipeline.Continuation.End;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One continuation, streamed: prompt audio is pushed and becomes context of the language model
 * while it arrives; after the commit each step draws one unit and returns the samples that are
 * certain.
 *
 * <pre>{@code
 * try (ContinuationSession session = ContinuationSession.open(networks, prompt, 6, sampling, ticker)) {
 *   session.push(samples, 0, samples.length);   // any number of times
 *   session.commit();
 *   while (!session.ended()) {
 *     play(session.step());
 *   }
 * }
 * }</pre>
 *
 * <p>The samples depend on the prompt, the sampling and the networks, never on how the prompt was
 * cut or when it came. Repeated draws are merged; a first draw equal to the prompt's last unit is
 * kept. After an exception only {@link #close} is of use. <i>Serialised by the caller.</i>
 */
public final class ContinuationSession implements AutoCloseable {
  private static final int FIRST_TURN = 0;
  private static final int[] NO_UNITS = {};

  /** No unit has been drawn by others. */
  private static final int NONE = -2;

  private final Budget budget;
  private final Sampling sampling;
  private final StageClock clock;
  private final Parts parts;
  private boolean committed;
  private boolean ended;
  private int promptUnits;
  private int withdrawn;
  private @Nullable End end;
  private @Nullable StageTimes atCommit;
  private @Nullable StageTimes firstAudio;
  private int given = NONE; // a unit that was drawn in company
  private boolean speaks; // whether the vocoder has something to do in this step
  private boolean inCompany; // whether blocks of the prompt are computed in company
  private final Map<Stage, Long> matesNanos = new EnumMap<>(Stage.class); // of common steps, theirs

  private ContinuationSession(Budget budget, Sampling sampling, StageClock clock, Parts parts) {
    this.budget = budget;
    this.sampling = sampling;
    this.clock = clock;
    this.parts = parts;
  }

  /**
   * Starts a continuation. The caller closes it; the networks stay the caller's.
   *
   * @param networks borrowed until the session is closed
   * @param prompt what is known of the prompt
   * @param seconds wanted length of the continuation in seconds, more than 0
   * @param sampling how units are drawn
   * @param ticker times the stages
   * @throws IllegalArgumentException if {@code seconds} is not a positive number
   */
  public static ContinuationSession open(
      Networks networks, Prompt prompt, double seconds, Sampling sampling, Ticker ticker) {
    return open(networks, networks.languageModel()::open, prompt, seconds, sampling, ticker);
  }

  /**
   * Starts one whose sequence is computed together with others, of the same rows. The caller then
   * looks before each {@link #step} whether the session {@link #wantsPrefill} or {@link
   * #wantsUnit}, does that with {@link #sequence}, and says so; what it does not do, the session
   * does alone.
   *
   * @param sequences opens an empty sequence of at least so many positions; the session closes it
   */
  public static ContinuationSession inCompany(
      Networks networks,
      IntFunction<UnitLanguageModel.Sequence> sequences,
      Prompt prompt,
      double seconds,
      Sampling sampling,
      Ticker ticker) {
    ContinuationSession session = open(networks, sequences, prompt, seconds, sampling, ticker);
    session.inCompany = true;
    return session;
  }

  private static ContinuationSession open(
      Networks networks,
      IntFunction<UnitLanguageModel.Sequence> sequences,
      Prompt prompt,
      double seconds,
      Sampling sampling,
      Ticker ticker) {
    Budget budget = Budget.of(networks, prompt, seconds);
    StageClock clock = new StageClock(ticker);
    Parts parts = Parts.open(networks, sequences, budget, clock);
    return new ContinuationSession(budget, sampling, clock, parts);
  }

  /** Positions of the language model's context that a session takes. */
  public static int positions(Networks networks, Prompt prompt, double seconds) {
    return Budget.of(networks, prompt, seconds).positions();
  }

  /** The language model's context, for what is computed in company. */
  public UnitLanguageModel.Sequence sequence() {
    return parts.sequence();
  }

  /** How units are drawn. */
  public Sampling sampling() {
    return sampling;
  }

  /** Whether a block of the prompt can be computed now. */
  public boolean wantsPrefill() {
    return parts.sequence().waitingBlocks() > 0;
  }

  /** Whether the next {@link #step} needs a unit drawn. */
  public boolean wantsUnit() {
    return committed && end == null && given == NONE && !full();
  }

  /** What comes now is done for this session, in company. */
  public void beginCompany() {
    clock.lap(Stage.WAIT);
  }

  /** A block of the prompt has been computed, of this session and {@code mates} others. */
  public void prefilled(int mates) {
    lap(Stage.PREFILL, mates);
  }

  /**
   * A unit has been drawn for the next {@link #step}.
   *
   * @param unit what {@link #sequence} drew with {@link #sampling} in turn 0
   * @param mates how many others were drawn for at the same time
   * @throws IllegalStateException if none is wanted
   */
  public void drawn(int unit, int mates) {
    if (!wantsUnit()) {
      throw new IllegalStateException("no unit is wanted");
    }
    given = unit;
    lap(Stage.DECODE, mates);
  }

  /**
   * Takes prompt audio.
   *
   * @param samples mono, about -1..1, at the prompt's rate; borrowed, not kept
   * @param offset index of the first sample to take
   * @param length number of samples to take, 0 allowed
   * @return deduplicated units of the prompt whose runs opened and that stay as they are: none
   *     before the end where the encoder needs all of the prompt; owned by the caller
   * @throws IndexOutOfBoundsException if the range is not inside {@code samples}
   * @throws InputException if a sample is not a number or the prompt does not fit the language
   *     model's context
   * @throws IllegalArgumentException if the prompt has more samples than announced
   * @throws IllegalStateException after {@link #commit}
   */
  public int[] push(float[] samples, int offset, int length) {
    return endPush(beginPush(samples, offset, length).alone(), 0);
  }

  /**
   * {@link #push} where the encoder's step may be done together with others: {@link #endPush}
   * follows.
   */
  public SpeechEncoder.Step beginPush(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    requireCommitted(false);
    clock.lap(Stage.WAIT);
    return parts.input().push(samples, offset, length);
  }

  /**
   * Takes what the encoder gave.
   *
   * @param mates how many others it was computed for at the same time
   * @return what {@link #push} returns
   */
  public int[] endPush(SpeechEncoder.Units given, int mates) {
    int[] units = parts.input().pushed(given);
    lap(Stage.TOKENIZE, mates);
    prefill(units);
    return parts.input().isProvisional() ? NO_UNITS : units;
  }

  /**
   * Says that the prompt's last audio has arrived: what is still done for it counts as part of the
   * way to the first audio. Without it, that way begins with {@link #commit}.
   */
  public void approach() {
    if (atCommit == null) {
      clock.lap(Stage.WAIT);
      atCommit = clock.times();
    }
  }

  /**
   * Ends the prompt.
   *
   * @return deduplicated units of the prompt that {@link #push} did not return; owned by the caller
   * @throws InputException if the prompt is shorter than one unit or does not fit the context
   * @throws IllegalStateException if called twice
   */
  public int[] commit() {
    return endCommit(beginCommit().alone(), 0);
  }

  /**
   * {@link #commit} where the encoder's step may be done together with others: {@link #endCommit}
   * follows.
   */
  public SpeechEncoder.Step beginCommit() {
    requireCommitted(false);
    committed = true;
    if (atCommit == null) {
      approach();
    } else {
      clock.lap(Stage.WAIT);
    }
    return parts.input().finish();
  }

  /**
   * Takes what the encoder gave.
   *
   * @param mates how many others it was computed for at the same time
   * @return what {@link #commit} returns
   */
  public int[] endCommit(SpeechEncoder.Units given, int mates) {
    PromptInput.Ending ending = parts.input().finished(given);
    lap(Stage.TOKENIZE, mates);
    int[] units = ending.units();
    withdrawn = promptUnits - ending.kept();
    if (withdrawn > 0) {
      parts.sequence().truncate(ending.kept());
      promptUnits = ending.kept();
    }
    prefill(units);
    if (promptUnits == 0) {
      throw parts.input().tooShort();
    }
    return parts.input().isProvisional() ? parts.input().units() : units;
  }

  /** Whether the prompt has been ended. */
  public boolean committed() {
    return committed;
  }

  /**
   * How many units, from the last one on, were in the context before {@link #commit} and are not
   * any more: an encoder that needs all of a prompt gives units early that may turn out otherwise.
   */
  public int withdrawnUnits() {
    return withdrawn;
  }

  /** Whether all samples have been handed out. */
  public boolean ended() {
    return ended;
  }

  /**
   * Draws one unit, and ends the speech where no more is needed or possible.
   *
   * @return samples that are certain now, mono, about -1..1, not clipped, at the vocoder's rate;
   *     often empty; owned by the caller
   * @throws IllegalStateException before {@link #commit} or once {@link #ended}
   */
  public float[] step() {
    UnitVocoder.Step step = beginStep();
    return endStep(step.isEmpty() ? new float[0] : step.alone(), 0);
  }

  /**
   * {@link #step} where the vocoder's step may be done together with others: {@link #endStep}
   * follows.
   */
  public UnitVocoder.Step beginStep() {
    requireCommitted(true);
    if (ended) {
      throw new IllegalStateException("the continuation has ended");
    }
    clock.lap(Stage.WAIT);
    int[] frames = draw();
    if (end != null) {
      frames = concat(frames, parts.speech().finish());
    }
    UnitVocoder.Step step = parts.speech().step(frames, end != null);
    speaks = !step.isEmpty();
    return step;
  }

  /**
   * Takes what the vocoder gave.
   *
   * @param given nothing where its step was empty
   * @param mates how many others it was computed for at the same time
   * @return what {@link #step} returns
   */
  public float[] endStep(float[] given, int mates) {
    float[] samples = parts.speech().cut(given);
    lap(speaks ? Stage.VOCODE : Stage.WAIT, speaks ? mates : 0);
    ended = end != null;
    if (firstAudio == null && atCommit != null && samples.length > 0) {
      firstAudio = clock.times().minus(atCommit);
    }
    return samples;
  }

  /**
   * What the continuation came to.
   *
   * @throws IllegalStateException before {@link #ended}
   */
  public Continuation result() {
    if (!ended || end == null) {
      throw new IllegalStateException("the continuation has not ended");
    }
    StageTimes times = ownTimes();
    StageTimes first = firstAudio == null ? times.minus(times) : firstAudio;
    return new Continuation(
        parts.speech().units(),
        parts.speech().durations(),
        parts.speech().samples(),
        end,
        promptUnits,
        times,
        first);
  }

  /** Of what was computed in company, each session's part is its own and the rest is waiting. */
  private StageTimes ownTimes() {
    StageTimes times = clock.times();
    for (Map.Entry<Stage, Long> mates : matesNanos.entrySet()) {
      times = times.moved(mates.getKey(), Stage.WAIT, mates.getValue());
    }
    return times;
  }

  /** Units drawn so far, repeats merged. A view. */
  public List<Integer> drawn() {
    return Collections.unmodifiableList(parts.speech().drawn());
  }

  /** Units spoken so far, those of {@link #drawn} whose lengths are known. A view. */
  public List<Integer> units() {
    return Collections.unmodifiableList(parts.speech().units());
  }

  /** Lengths in frames of each of {@link #units}. A view. */
  public List<Integer> durations() {
    return Collections.unmodifiableList(parts.speech().durations());
  }

  /** Each stage's time since the prompt's end, as it was at the end of the latest call. */
  public StageTimes sinceCommit() {
    StageTimes times = clock.times();
    return times.minus(atCommit == null ? times : atCommit);
  }

  /** Frees the streams and the KV cache. Idempotent. */
  @Override
  public void close() {
    parts.close();
  }

  private int[] draw() {
    if (given == NONE && full()) {
      end = End.CONTEXT;
      return NO_UNITS;
    }
    int unit = given == NONE ? parts.sequence().next(sampling, FIRST_TURN) : given;
    given = NONE;
    clock.lap(Stage.DECODE);
    if (unit == UnitLanguageModel.END) {
      end = End.MODEL;
      return NO_UNITS;
    }
    int[] frames = parts.speech().push(unit);
    if (parts.speech().complete()) {
      end = End.SECONDS;
    }
    return frames;
  }

  private static int[] concat(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** The time since the last reading is the stage's, of this session and {@code mates} others. */
  private void lap(Stage stage, int mates) {
    long nanos = clock.lap(stage) * mates / (mates + 1);
    matesNanos.merge(stage, nanos, Long::sum);
  }

  private boolean full() {
    return parts.sequence().length() == parts.sequence().positions();
  }

  private void prefill(int[] units) {
    if (units.length == 0) {
      return;
    }
    promptUnits += units.length;
    budget.check(promptUnits, parts.input().seconds());
    if (inCompany) {
      parts.sequence().enqueue(units);
    } else {
      parts.sequence().append(units);
    }
    clock.lap(Stage.PREFILL);
  }

  private void requireCommitted(boolean expected) {
    if (committed != expected) {
      throw new IllegalStateException(
          committed ? "the prompt is committed" : "the prompt is not committed");
    }
  }
}
