// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.model.ModelOptions;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.bundle.BundleOverrides;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.model.bundle.EncoderFolder;
import dev.continuo.model.bundle.FakeBundle;
import dev.continuo.model.bundle.LmFolder;
import dev.continuo.model.bundle.LmIds;
import dev.continuo.model.bundle.VocoderFolder;
import dev.continuo.model.lm.CausalLanguageModel;
import dev.continuo.model.lm.RandomLanguageModel;
import dev.continuo.model.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Networks of arithmetic for real bundles of {@value FakeBundle#UNITS} units, which count what is
 * open and remember what they were asked.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FakeNetworks implements NetworkSource {
  static final int UNITS = FakeBundle.UNITS;
  static final int MAX_POSITIONS = 128;

  /** Samples of a unit: 40 ms at 16 kHz. */
  static final int FRAME = 640;

  /** Samples the vocoder gives for a frame. */
  static final int SPOKEN = 960;

  private final Path home;
  private final List<String> loaded = new ArrayList<>();
  private final List<Integer> chunks = new ArrayList<>();
  private final List<Integer> prompt = new ArrayList<>();
  private @Nullable LmIds ids;
  private @Nullable Sampling sampling;
  private int open;
  private int failAfterFrames = Integer.MAX_VALUE;

  FakeNetworks(Path home) {
    this.home = home;
  }

  /** Makes the vocoder fail once it has got so many frames. */
  FakeNetworks failingAfterFrames(int frames) {
    failAfterFrames = frames;
    return this;
  }

  /** What was loaded, in order, with its precision. */
  List<String> loaded() {
    return loaded;
  }

  /** Sizes of what encoder or vocoder was given, call by call. */
  List<Integer> chunks() {
    return chunks;
  }

  /** What the language model was given last. */
  List<Integer> prompt() {
    return prompt;
  }

  /** How the language model loaded last maps its ids. */
  LmIds ids() {
    return Objects.requireNonNull(ids);
  }

  /** How the last unit was drawn. */
  Sampling sampling() {
    return Objects.requireNonNull(sampling);
  }

  /** Networks and streams that are not closed. */
  int open() {
    return open;
  }

  @Override
  public Bundle bundle(String reference, BundleOverrides overrides) {
    return new BundleStore(home).open(reference, overrides);
  }

  private void load(String name, ModelOptions options) {
    loaded.add(name + " " + options.precision());
    open++;
  }

  @Override
  public SpeechEncoder encoder(EncoderFolder folder, ModelOptions options) {
    load("encoder", options);
    return new Encoder();
  }

  @Override
  public UnitLanguageModel languageModel(LmFolder lm, ModelOptions options) {
    load("lm", options);
    ids = lm.ids();
    return new LanguageModel(ids.units());
  }

  @Override
  public UnitVocoder vocoder(VocoderFolder folder, ModelOptions options) {
    load("vocoder", options);
    return new Vocoder();
  }

  /** A real one: what it draws is not asked. */
  @Override
  public CausalLanguageModel random(String shape, ModelOptions options) {
    TorchRuntime.start(BundleStore.home(), options.threads());
    return RandomLanguageModel.of(shape, options);
  }

  /** Closes once. */
  private abstract class Closing implements AutoCloseable {
    private boolean closed;

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open--;
      }
    }
  }

  /** Unit of a frame: ten times the mean of its samples, rounded. */
  private final class Encoder extends Closing implements SpeechEncoder {
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
      return FRAME;
    }

    @Override
    public SpeechEncoder.Stream open() {
      open++;
      return new EncoderStream();
    }
  }

  private final class EncoderStream extends Closing implements SpeechEncoder.Stream {
    private double sum;
    private int samples;

    @Override
    public int[] push(float[] some, int offset, int length) {
      chunks.add(length);
      int[] units = new int[(samples + length) / FRAME];
      int n = 0;
      for (int i = offset; i < offset + length; i++) {
        sum += some[i];
        if (++samples == FRAME) {
          units[n++] = (int) Math.round(10 * sum / FRAME);
          sum = 0;
          samples = 0;
        }
      }
      return units;
    }

    @Override
    public int[] finish() {
      return new int[0];
    }
  }

  /** The unit after the last one. */
  private final class LanguageModel extends Closing implements UnitLanguageModel {
    private final int units;

    LanguageModel(int units) {
      this.units = units;
    }

    @Override
    public int unitCount() {
      return units;
    }

    @Override
    public Rows allocate(int rows, int positions) {
      open++;
      return new LanguageRows(rows, positions);
    }

    @Override
    public long cacheBytes(int rows, int positions) {
      return 0;
    }

    /** Half a nat for each unit that follows the one before it, one and a half for others. */
    @Override
    public float[] nll(int[] given, boolean bounded) {
      float[] nll = new float[given.length + (bounded ? 1 : -1)];
      Arrays.fill(nll, 1.5f);
      for (int i = 1; i < given.length; i++) {
        nll[i - (bounded ? 0 : 1)] = given[i] == given[i - 1] + 1 ? 0.5f : 1.5f;
      }
      return nll;
    }

    @Override
    public int maxPositions() {
      return MAX_POSITIONS;
    }

    @Override
    public Sequence open(int positions) {
      open++;
      prompt.clear();
      return new LanguageSequence(positions);
    }
  }

  /** Rows that are computed one after the other. */
  private final class LanguageRows extends Closing implements UnitLanguageModel.Rows {
    private final int rows;
    private final int positions;

    LanguageRows(int rows, int positions) {
      this.rows = rows;
      this.positions = positions;
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public int positions() {
      return positions;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public UnitLanguageModel.Sequence open(int row) {
      open++;
      prompt.clear();
      return new LanguageSequence(positions);
    }

    @Override
    public void prefill(List<? extends UnitLanguageModel.Sequence> sequences) {}

    @Override
    public int[] next(
        List<? extends UnitLanguageModel.Sequence> sequences,
        List<Sampling> samplings,
        int[] turns) {
      int[] units = new int[sequences.size()];
      for (int i = 0; i < units.length; i++) {
        units[i] = sequences.get(i).next(samplings.get(i), turns[i]);
      }
      return units;
    }
  }

  /** Ends after unit 7, and jumps by three where the seed is odd. */
  private final class LanguageSequence extends Closing implements UnitLanguageModel.Sequence {
    private final int positions;
    private final List<Integer> context = new ArrayList<>();

    LanguageSequence(int positions) {
      this.positions = positions;
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
      for (int unit : units) {
        context.add(unit);
        prompt.add(unit);
      }
    }

    @Override
    public void enqueue(int[] units) {
      append(units);
    }

    @Override
    public int waitingBlocks() {
      return 0;
    }

    @Override
    public void truncate(int length) {
      context.subList(length, context.size()).clear();
    }

    @Override
    public int next(Sampling how, int turn) {
      sampling = how;
      if (context.isEmpty() || context.size() == positions) {
        throw new IllegalStateException("no room");
      }
      int last = context.get(context.size() - 1);
      if (last == 7) {
        return UnitLanguageModel.END;
      }
      int next = (last + (how.seed() % 2 == 0 ? 1 : 3)) % UNITS;
      context.add(next);
      return next;
    }
  }

  /** Every sample of a frame is a twentieth of its unit; every duration is two. */
  private final class Vocoder extends Closing implements UnitVocoder {
    @Override
    public int sampleRateHz() {
      return 24_000;
    }

    @Override
    public int unitCount() {
      return UNITS;
    }

    @Override
    public int samplesPerFrame() {
      return SPOKEN;
    }

    @Override
    public UnitVocoder.Stream open() {
      open++;
      return new VocoderStream();
    }

    @Override
    public Durations openDurations() {
      open++;
      return new TwoFrames();
    }
  }

  private final class VocoderStream extends Closing implements UnitVocoder.Stream {
    private int @Nullable [] waiting;
    private int frames;

    @Override
    public float[] push(int[] frameUnits) {
      chunks.add(frameUnits.length);
      frames += frameUnits.length;
      if (frames > failAfterFrames) {
        throw new IllegalStateException("the vocoder broke");
      }
      float[] before = spoken(waiting);
      waiting = frameUnits.clone();
      return before;
    }

    @Override
    public float[] finish() {
      return spoken(waiting);
    }

    private static float[] spoken(int @Nullable [] units) {
      if (units == null) {
        return new float[0];
      }
      float[] samples = new float[units.length * SPOKEN];
      for (int i = 0; i < units.length; i++) {
        Arrays.fill(samples, i * SPOKEN, (i + 1) * SPOKEN, units[i] / 20f);
      }
      return samples;
    }
  }

  private final class TwoFrames extends Closing implements UnitVocoder.Durations {
    @Override
    public int[] push(int[] units) {
      int[] durations = new int[units.length];
      Arrays.fill(durations, 2);
      return durations;
    }

    @Override
    public int[] finish() {
      return new int[0];
    }
  }
}
