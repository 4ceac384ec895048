// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.Rendering;
import dev.continuo.model.UnitVocoder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A vocoder of arithmetic: 2 kHz, 80 samples a frame, each from its frame's unit and the second
 * next one; durations of 1..4 frames from a unit, the one before and the two after it.
 */
final class FakeVocoder implements UnitVocoder {
  static final int RATE_HZ = 2000;
  static final int FRAME = 80;
  private static final int LOOK_AHEAD = 2;

  private final Ledger ledger;
  private final boolean predicts;
  private int framesGiven;
  private Rendering rendering = Rendering.first();

  FakeVocoder(Ledger ledger) {
    this(ledger, true);
  }

  FakeVocoder(Ledger ledger, boolean predicts) {
    this.ledger = ledger;
    this.predicts = predicts;
  }

  /** How the latest stream was to speak. */
  Rendering rendering() {
    return rendering;
  }

  /** Frames given to the latest stream. */
  int framesGiven() {
    return framesGiven;
  }

  /** The speech of whole units, computed at once. */
  static float[] speech(int[] frameUnits) {
    float[] samples = new float[frameUnits.length * FRAME];
    for (int n = 0; n < samples.length; n++) {
      int frame = n / FRAME;
      int ahead = frame + LOOK_AHEAD < frameUnits.length ? frameUnits[frame + LOOK_AHEAD] : 0;
      samples[n] = (float) Math.sin(n * (1 + frameUnits[frame] * 0.01) + ahead);
    }
    return samples;
  }

  /** The durations of whole utterances, computed at once. */
  static int[] durations(int[] units) {
    int[] padded = new int[units.length + 3];
    System.arraycopy(units, 0, padded, 1, units.length);
    return IntStream.range(0, units.length)
        .map(i -> 1 + (padded[i] * 3 + padded[i + 1] + padded[i + 2] * 5 + padded[i + 3]) % 4)
        .toArray();
  }

  @Override
  public int sampleRateHz() {
    return RATE_HZ;
  }

  @Override
  public int unitCount() {
    return FakeEncoder.UNITS;
  }

  @Override
  public int samplesPerFrame() {
    return FRAME;
  }

  @Override
  public boolean predictsDurations() {
    return predicts;
  }

  @Override
  public Stream open(Rendering how) {
    rendering = how;
    return open();
  }

  @Override
  public Stream open() {
    framesGiven = 0;
    return new FakeStream();
  }

  @Override
  public Durations openDurations() {
    return new FakeDurations();
  }

  @Override
  public void close() {}

  private final class Given {
    private int[] units = {};
    private int answered;
    private boolean finished;
    private boolean closed;

    Given() {
      ledger.opened();
    }

    void add(int[] more) {
      requireOpen();
      int old = units.length;
      units = Arrays.copyOf(units, old + more.length);
      System.arraycopy(more, 0, units, old, more.length);
    }

    /** Index of the first unit not answered before; all up to {@code end} are answered now. */
    int answer(int end) {
      int first = answered;
      answered = Math.max(first, end);
      return first;
    }

    void finish() {
      requireOpen();
      finished = true;
    }

    private void requireOpen() {
      if (finished || closed) {
        throw new IllegalStateException("finished or closed");
      }
    }

    void close() {
      if (!closed) {
        closed = true;
        ledger.closed();
      }
    }
  }

  private final class FakeStream implements Stream {
    private final Given given = new Given();

    @Override
    public float[] push(int[] frameUnits) {
      framesGiven += frameUnits.length;
      ledger.worked(Stage.VOCODE);
      given.add(frameUnits);
      return take(given.units.length - LOOK_AHEAD);
    }

    @Override
    public float[] finish() {
      ledger.worked(Stage.VOCODE);
      given.finish();
      return take(given.units.length);
    }

    private float[] take(int end) {
      int first = given.answer(end);
      float[] all = speech(given.units);
      return Arrays.copyOfRange(all, first * FRAME, given.answered * FRAME);
    }

    @Override
    public void close() {
      given.close();
    }
  }

  private final class FakeDurations implements Durations {
    private final Given given = new Given();

    @Override
    public int[] push(int[] units) {
      ledger.worked(Stage.DURATIONS);
      given.add(units);
      return take(given.units.length - 2);
    }

    @Override
    public int[] finish() {
      ledger.worked(Stage.DURATIONS);
      given.finish();
      return take(given.units.length);
    }

    private int[] take(int end) {
      int first = given.answer(end);
      return Arrays.copyOfRange(durations(given.units), first, given.answered);
    }

    @Override
    public void close() {
      given.close();
    }
  }
}
