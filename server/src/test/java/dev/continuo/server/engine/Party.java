// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.Sampling;
import dev.continuo.server.session.Seats;
import dev.continuo.server.session.Voice;
import dev.continuo.server.session.VoiceBundle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A session as it can be known from outside: what it was given, what it said and when. From that
 * follows when its next step is due and what it is: the engine's rules a second time, in short.
 */
final class Party {
  static final int RATE_HZ = 16_000;
  static final double SECONDS = 1;
  static final int SAMPLES = (int) (SECONDS * FakeNetworks.OUTPUT_HZ);
  static final int MAX_PROMPT_SECONDS = 20;
  private static final long LISTEN_NANOS = 300_000_000;
  private static final long GUARD_NANOS = 100_000_000;
  private static final long PATIENCE_NANOS = 500_000_000;

  private record Piece(int samples, long nanos) {}

  final String name;
  final EngineVoice voice;
  final float[] prompt;
  final List<Float> speech = new ArrayList<>();
  private final LongSupplier clock;
  private final ToIntFunction<EngineVoice> waitingBlocks;
  private final Deque<Piece> audio = new ArrayDeque<>();
  private int given;
  private int left; // samples of the first piece
  private long consumed;
  private long lastPieceNanos;
  private long lastStepNanos;
  private @Nullable Long committedNanos;
  private boolean promptTaken;
  private boolean holdsUnit;
  private @Nullable Long firstSaidNanos;
  private long allowed;
  private boolean parked; // has no row, or has not taken the one it was given
  private boolean wasParked;
  private boolean over;
  private boolean ended;
  private boolean failed;
  private long latestNanos; // by which the next speech was due
  private long lateNanos;

  Party(
      String name,
      ModelBundle bundle,
      Seats.Seat seat,
      long seed,
      float[] prompt,
      LongSupplier clock,
      ToIntFunction<EngineVoice> waitingBlocks) {
    this.name = name;
    this.prompt = prompt;
    this.clock = clock;
    this.waitingBlocks = waitingBlocks;
    this.lastStepNanos = clock.getAsLong();
    VoiceBundle.Request request =
        new VoiceBundle.Request(
            name, RATE_HZ, (long) MAX_PROMPT_SECONDS * RATE_HZ, SECONDS, Sampling.defaults(seed));
    this.voice = (EngineVoice) bundle.open(request, seat, this::happened);
  }

  private void happened(Voice.Event event) {
    if (event instanceof Voice.Heard heard) {
      take(heard.consumedSamples() - consumed);
      consumed = heard.consumedSamples();
    } else if (event instanceof Voice.Committed) {
      promptTaken = true;
    } else if (event instanceof Voice.Said said) {
      if (firstSaidNanos == null) {
        firstSaidNanos = said.atNanos();
      } else {
        lateNanos = Math.max(lateNanos, said.atNanos() - latestNanos);
      }
      for (float sample : said.samples()) {
        speech.add(sample);
      }
      latestNanos = deadlineNanos();
    } else if (event instanceof Voice.Ended) {
      ended = true;
      over = true;
    } else if (event instanceof Voice.Failed) {
      failed = true;
      over = true;
    }
  }

  private void take(long samples) {
    long rest = samples;
    if (rest > 0) {
      lastPieceNanos = audio.getFirst().nanos;
    }
    while (rest > 0) {
      long taken = Math.min(rest, left);
      rest -= taken;
      left -= (int) taken;
      if (left == 0) {
        audio.removeFirst();
        left = audio.isEmpty() ? 0 : audio.getFirst().samples;
      }
    }
  }

  /** Gives the next samples of the prompt, or commits where there are none. */
  void speakOn(int samples) {
    int count = Math.min(samples, prompt.length - given);
    if (count > 0) {
      voice.hear(Arrays.copyOfRange(prompt, given, given + count));
      given += count;
      if (audio.isEmpty()) {
        left = count;
      }
      audio.add(new Piece(count, clock.getAsLong()));
    } else if (committedNanos == null) {
      committedNanos = clock.getAsLong();
      voice.commit();
    }
  }

  void allow(long samples) {
    allowed = Math.max(allowed, samples);
    voice.allow(samples);
  }

  /** Allows what is heard by now and so much more. */
  void allowUntilHeard(long aheadNanos) {
    long heardNanos = firstSaidNanos == null ? 0 : clock.getAsLong() - firstSaidNanos;
    allow((heardNanos + aheadNanos) * FakeNetworks.OUTPUT_HZ / 1_000_000_000L);
  }

  /** Is silent, where its prompt has not ended. */
  void rest() {
    if (committedNanos == null) {
      voice.rest();
    }
  }

  /** Its row has been freed, or taken again. */
  void parked(boolean now) {
    parked = now;
    wasParked |= now;
  }

  boolean wasParked() {
    return wasParked;
  }

  boolean isParked() {
    return parked;
  }

  /** Whether it is to give up its row, or to take one again. */
  private boolean moves() {
    return voice.isAskedToLeave() || (parked && voice.row() != Stay.NO_ROW);
  }

  void leave() {
    over = true;
    voice.close();
  }

  void stepped(@Nullable Pass pass) {
    lastStepNanos = clock.getAsLong();
    holdsUnit = pass == Pass.DRAW && !failed;
  }

  boolean isOver() {
    return over;
  }

  boolean ended() {
    return ended;
  }

  boolean failed() {
    return failed;
  }

  boolean speaks() {
    return firstSaidNanos != null;
  }

  /** By how much its speech ever came too late, in ns. */
  long lateNanos() {
    return lateNanos;
  }

  int said() {
    return speech.size();
  }

  boolean isReady() {
    return !over
        && (moves()
            || !audio.isEmpty()
            || blocks() > 0
            || (committedNanos != null && (parked ? !promptTaken : !speaks() || said() < allowed)));
  }

  @Nullable Pass pass() {
    if (moves()) {
      return null;
    }
    if (blocks() > 0) {
      return Pass.PREFILL;
    }
    if (!audio.isEmpty() || !promptTaken) {
      return Pass.TOKENIZE;
    }
    return !parked && !holdsUnit && said() < SAMPLES ? Pass.DRAW : Pass.VOCODE;
  }

  /** Who does its next step. */
  Lane lane() {
    Pass pass = pass();
    return pass == null ? Lane.CODECS : pass.lane();
  }

  private int blocks() {
    return parked ? 0 : waitingBlocks.applyAsInt(voice);
  }

  private long wishedNanos() {
    if (committedNanos != null) {
      return committedNanos;
    }
    return audio.isEmpty() ? lastPieceNanos : audio.getFirst().nanos;
  }

  long deadlineNanos() {
    if (moves()) {
      return lastStepNanos;
    }
    if (firstSaidNanos != null) {
      return firstSaidNanos + said() * 1_000_000_000L / FakeNetworks.OUTPUT_HZ;
    }
    return committedNanos == null ? wishedNanos() + LISTEN_NANOS : committedNanos;
  }

  long neededNanos() {
    if (moves()) {
      return lastStepNanos;
    }
    return speaks()
        ? deadlineNanos() - GUARD_NANOS
        : Math.max(wishedNanos(), lastStepNanos) + PATIENCE_NANOS;
  }
}
