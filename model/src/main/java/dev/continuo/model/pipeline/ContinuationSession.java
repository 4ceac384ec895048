// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.InputException;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Continuation.End;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
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
    Budget budget = Budget.of(networks, prompt, seconds);
    StageClock clock = new StageClock(ticker);
    return new ContinuationSession(budget, sampling, clock, Parts.open(networks, budget, clock));
  }

  /**
   * Takes prompt audio.
   *
   * @param samples mono, about -1..1, at the prompt's rate; borrowed, not kept
   * @param offset index of the first sample to take
   * @param length number of samples to take, 0 allowed
   * @return deduplicated units of the prompt whose runs opened; owned by the caller
   * @throws IndexOutOfBoundsException if the range is not inside {@code samples}
   * @throws InputException if a sample is not a number or the prompt does not fit the language
   *     model's context
   * @throws IllegalArgumentException if the prompt has more samples than announced
   * @throws IllegalStateException after {@link #commit}
   */
  public int[] push(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    requireCommitted(false);
    clock.lap(Stage.WAIT);
    int[] units = parts.input().push(samples, offset, length);
    clock.lap(Stage.TOKENIZE);
    prefill(units);
    return units;
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
   * @return deduplicated units of the prompt that follow those kept of what {@link #push} returned,
   *     see {@link #withdrawnUnits}; owned by the caller
   * @throws InputException if the prompt is shorter than one unit or does not fit the context
   * @throws IllegalStateException if called twice
   */
  public int[] commit() {
    requireCommitted(false);
    committed = true;
    if (atCommit == null) {
      approach();
    } else {
      clock.lap(Stage.WAIT);
    }
    PromptInput.Ending ending = parts.input().finish();
    clock.lap(Stage.TOKENIZE);
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
    return units;
  }

  /** Whether the prompt has been ended. */
  public boolean committed() {
    return committed;
  }

  /**
   * How many of the units that {@link #push} returned {@link #commit} withdrew, from the last one
   * on: an encoder that needs all of a prompt gives units early that may turn out otherwise.
   */
  public int withdrawnUnits() {
    return withdrawn;
  }

  /** Whether all samples have been handed out. */
  public boolean ended() {
    return ended;
  }

  /**
   * Draws one unit, or ends the speech where no more is needed or possible.
   *
   * @return samples that are certain now, mono, about -1..1, not clipped, at the vocoder's rate;
   *     often empty; owned by the caller
   * @throws IllegalStateException before {@link #commit} or once {@link #ended}
   */
  public float[] step() {
    requireCommitted(true);
    if (ended) {
      throw new IllegalStateException("the continuation has ended");
    }
    clock.lap(Stage.WAIT);
    float[] samples = end == null ? draw() : Samples.NONE;
    if (end != null && samples.length == 0) {
      samples = parts.speech().finish();
      ended = true;
    }
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
    StageTimes times = clock.times();
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

  private float[] draw() {
    if (parts.sequence().length() == parts.sequence().positions()) {
      end = End.CONTEXT;
      return Samples.NONE;
    }
    int unit = parts.sequence().next(sampling, FIRST_TURN);
    clock.lap(Stage.DECODE);
    if (unit == UnitLanguageModel.END) {
      end = End.MODEL;
      return Samples.NONE;
    }
    float[] samples = parts.speech().push(unit);
    if (parts.speech().complete()) {
      end = End.SECONDS;
    }
    return samples;
  }

  private void prefill(int[] units) {
    if (units.length == 0) {
      return;
    }
    promptUnits += units.length;
    budget.check(promptUnits, parts.input().seconds());
    parts.sequence().append(units);
    clock.lap(Stage.PREFILL);
  }

  private void requireCommitted(boolean expected) {
    if (committed != expected) {
      throw new IllegalStateException(
          committed ? "the prompt is committed" : "the prompt is not committed");
    }
  }
}
