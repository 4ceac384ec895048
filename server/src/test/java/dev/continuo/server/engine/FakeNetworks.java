// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.engine;

import dev.continuo.model.CounterHash;
import dev.continuo.model.Outcome;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.pipeline.Networks;
import dev.continuo.v1.BundleInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Networks of arithmetic that count what is open: 16 kHz in, 25 units a second of 50, 8 kHz out.
 * What is drawn depends on the context and the sampling alone, as it must.
 */
public final class FakeNetworks {
  public static final int UNITS = 50;
  public static final int OUTPUT_HZ = 8_000;

  /** Streams that the encoder and the vocoder say are worth a step. */
  static final int MOST_TOGETHER = 3;

  private static final int FRAME_IN = 640;
  private static final int FRAME_OUT = 320;
  private static final int POSITIONS = 2_000;
  private static final int BLOCK = 8;

  private final AtomicInteger open = new AtomicInteger();
  private final List<Integer> batches = new ArrayList<>();
  private final Map<Integer, UnitSequence> atRow = new HashMap<>();
  private volatile boolean broken;
  private boolean silent;
  private Consumer<List<List<Integer>>> beforeDraw = contexts -> {};
  private Consumer<Computed> watcher = computed -> {};
  private Runnable beforeEncoding = () -> {};

  /** What a network computes. */
  enum Network {
    ENCODER,
    PREFILL,
    DRAW,
    VOCODER
  }

  /**
   * A call of a network.
   *
   * @param rows whose sequences it computes; none for the encoder and the vocoder
   */
  record Computed(Network network, Set<Integer> rows) {}

  /** Blocks of the open sequence of a row that wait to be computed. */
  int waitingBlocks(int row) {
    UnitSequence sequence = atRow.get(row);
    return sequence == null ? 0 : sequence.waitingBlocks();
  }

  /** What is told of every call of a network, before it computes: it may fail it. */
  void watch(Consumer<Computed> action) {
    watcher = action;
  }

  /** Streams, sequences and rows that are open. */
  public int open() {
    return open.get();
  }

  /** How many sequences each pass drew for. */
  List<Integer> batches() {
    return batches;
  }

  /** What happens before each pass, given the contexts it draws for. */
  void beforeDraw(Consumer<List<List<Integer>>> action) {
    beforeDraw = action;
  }

  /** What happens before each step of the encoder, for one stream or several. */
  void beforeEncoding(Runnable action) {
    beforeEncoding = action;
  }

  /** Lets every draw be the end from now on. */
  void sayNothing() {
    silent = true;
  }

  /** Lets every pass and draw fail from now on. */
  public void breakDown() {
    broken = true;
  }

  public static BundleInfo info() {
    return BundleInfo.newBuilder()
        .setName("fake")
        .setUnitRateHertz(25)
        .setUnitCount(UNITS)
        .setInputSampleRateHertz(16_000)
        .setOutputSampleRateHertz(OUTPUT_HZ)
        .setMaxPositions(POSITIONS)
        .build();
  }

  public Networks networks() {
    return new Networks(new Encoder(), new LanguageModel(), new Vocoder());
  }

  private abstract class Counted implements AutoCloseable {
    private boolean closed;

    Counted() {
      open.incrementAndGet();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }

  private final class Encoder implements SpeechEncoder {
    @Override
    public int sampleRateHz() {
      return 16_000;
    }

    @Override
    public int unitCount() {
      return UNITS;
    }

    @Override
    public double unitRateHz() {
      return 25;
    }

    @Override
    public int minimumSamples() {
      return FRAME_IN;
    }

    @Override
    public SpeechEncoder.Stream open() {
      return new EncoderStream();
    }

    @Override
    public List<Outcome<SpeechEncoder.Units>> step(List<SpeechEncoder.Step> steps) {
      beforeEncoding.run();
      return SpeechEncoder.super.step(steps);
    }

    @Override
    public int mostTogether() {
      return MOST_TOGETHER;
    }

    @Override
    public void close() {}
  }

  private final class EncoderStream extends Counted implements SpeechEncoder.Stream {
    private double sum;
    private int filled;

    @Override
    public int[] push(float[] samples, int offset, int length) {
      watcher.accept(new Computed(Network.ENCODER, Set.of()));
      int[] units = new int[(filled + length) / FRAME_IN];
      int done = 0;
      for (int i = offset; i < offset + length; i++) {
        sum += Math.abs(samples[i]) * (1 + filled % 7);
        if (++filled == FRAME_IN) {
          units[done++] = (int) Math.round(sum * 10) % UNITS;
          sum = 0;
          filled = 0;
        }
      }
      return units;
    }

    @Override
    public int[] finish() {
      return new int[0];
    }
  }

  private final class LanguageModel implements UnitLanguageModel {
    @Override
    public int unitCount() {
      return UNITS;
    }

    @Override
    public int maxPositions() {
      return POSITIONS;
    }

    @Override
    public UnitLanguageModel.Sequence open(int positions) {
      return new UnitSequence(positions);
    }

    @Override
    public UnitLanguageModel.Rows allocate(int rows, int positions) {
      return new UnitRows(rows, positions);
    }

    @Override
    public long cacheBytes(int rows, int positions) {
      return (long) rows * positions;
    }

    @Override
    public float[] nll(int[] units, boolean bounded) {
      return new float[units.length + (bounded ? 1 : -1)];
    }

    @Override
    public void close() {}
  }

  private final class UnitRows extends Counted implements UnitLanguageModel.Rows {
    private final boolean[] taken;

    private final int positions;

    UnitRows(int rows, int positions) {
      this.taken = new boolean[rows];
      this.positions = positions;
    }

    void take(int row, UnitSequence sequence) {
      if (taken[row]) {
        throw new IllegalStateException("row " + row + " is taken");
      }
      taken[row] = true;
      atRow.put(row, sequence);
    }

    void leave(int row) {
      taken[row] = false;
      atRow.remove(row);
    }

    @Override
    public int rows() {
      return taken.length;
    }

    @Override
    public int positions() {
      return positions;
    }

    @Override
    public long bytes() {
      return (long) rows() * positions;
    }

    @Override
    public UnitLanguageModel.Sequence open(int row) {
      return new RowSequence(this, row);
    }

    @Override
    public void prefill(List<? extends UnitLanguageModel.Sequence> sequences) {
      watcher.accept(new Computed(Network.PREFILL, rowsOf(sequences)));
      sequences.forEach(s -> ((UnitSequence) s).compute());
    }

    @Override
    public int[] next(
        List<? extends UnitLanguageModel.Sequence> sequences,
        List<Sampling> samplings,
        int[] turns) {
      batches.add(sequences.size());
      watcher.accept(new Computed(Network.DRAW, rowsOf(sequences)));
      beforeDraw.accept(sequences.stream().map(s -> ((UnitSequence) s).context).toList());
      int[] units = new int[sequences.size()];
      for (int i = 0; i < units.length; i++) {
        units[i] = sequences.get(i).next(samplings.get(i), turns[i]);
      }
      return units;
    }
  }

  private static Set<Integer> rowsOf(List<? extends UnitLanguageModel.Sequence> sequences) {
    return sequences.stream().map(s -> ((RowSequence) s).row()).collect(Collectors.toSet());
  }

  /** A sequence in a row, which it may give up. */
  private final class RowSequence extends UnitSequence {
    private final UnitRows rows;
    private int row;

    RowSequence(UnitRows rows, int row) {
      super(rows.positions());
      this.rows = rows;
      resume(row);
    }

    int row() {
      if (row < 0) {
        throw new IllegalStateException("computed without a row");
      }
      return row;
    }

    @Override
    public void park() {
      rows.leave(row());
      row = -1;
      computeAll();
    }

    @Override
    public void resume(int free) {
      rows.take(free, this);
      row = free;
    }

    @Override
    public int waitingBlocks() {
      return row < 0 ? 0 : super.waitingBlocks();
    }

    @Override
    public void close() {
      if (row >= 0) {
        rows.leave(row);
        row = -1;
      }
      super.close();
    }
  }

  private class UnitSequence extends Counted implements UnitLanguageModel.Sequence {
    private final List<Integer> context = new ArrayList<>();
    private final int positions;
    private int waiting;

    UnitSequence(int positions) {
      this.positions = positions;
    }

    /** All of it is to be computed once more. */
    void computeAll() {
      waiting = context.size();
    }

    void compute() {
      waiting -= BLOCK;
    }

    @Override
    public int length() {
      return context.size();
    }

    @Override
    public int positions() {
      return positions;
    }

    @Override
    public void append(int[] units) {
      Arrays.stream(units).forEach(context::add);
    }

    @Override
    public void enqueue(int[] units) {
      append(units);
      waiting += units.length;
    }

    @Override
    public int waitingBlocks() {
      return waiting / BLOCK;
    }

    @Override
    public int next(Sampling sampling, int turn) {
      if (broken) {
        throw new IllegalStateException("broken for a test");
      }
      waiting = 0;
      if (silent) {
        return UnitLanguageModel.END;
      }
      long seed = sampling.seed() * 31 + context.hashCode();
      int unit = (int) (CounterHash.uniform(seed, turn, context.size()) * UNITS);
      context.add(unit);
      return unit;
    }

    @Override
    public void truncate(int length) {
      context.subList(length, context.size()).clear();
    }
  }

  private final class Vocoder implements UnitVocoder {
    @Override
    public int sampleRateHz() {
      return OUTPUT_HZ;
    }

    @Override
    public int unitCount() {
      return UNITS;
    }

    @Override
    public int samplesPerFrame() {
      return FRAME_OUT;
    }

    @Override
    public UnitVocoder.Stream open() {
      return new Speech();
    }

    @Override
    public int mostTogether() {
      return MOST_TOGETHER;
    }

    @Override
    public UnitVocoder.Durations openDurations() {
      return new TwoFrames();
    }

    @Override
    public void close() {}
  }

  private final class Speech extends Counted implements UnitVocoder.Stream {
    @Override
    public float[] push(int[] frameUnits) {
      watcher.accept(new Computed(Network.VOCODER, Set.of()));
      float[] samples = new float[frameUnits.length * FRAME_OUT];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = frameUnits[i / FRAME_OUT] / (2f * UNITS);
      }
      return samples;
    }

    @Override
    public float[] finish() {
      return new float[0];
    }
  }

  private final class TwoFrames extends Counted implements UnitVocoder.Durations {
    @Override
    public int[] push(int[] units) {
      int[] frames = new int[units.length];
      Arrays.fill(frames, 2);
      return frames;
    }

    @Override
    public int[] finish() {
      return new int[0];
    }
  }
}
