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
import dev.continuo.model.bundle.FakeBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  public SpeechEncoder encoder(Bundle bundle, ModelOptions options) {
    load("encoder", options);
    return new Encoder();
  }

  @Override
  public UnitLanguageModel languageModel(Bundle bundle, ModelOptions options) {
    load("lm", options);
    return new LanguageModel();
  }

  @Override
  public UnitVocoder vocoder(Bundle bundle, ModelOptions options) {
    load("vocoder", options);
    return new Vocoder();
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
    @Override
    public int unitCount() {
      return UNITS;
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
    public int next(Sampling sampling, int turn) {
      if (context.isEmpty() || context.size() == positions) {
        throw new IllegalStateException("no room");
      }
      int last = context.get(context.size() - 1);
      if (last == 7) {
        return UnitLanguageModel.END;
      }
      int next = (last + (sampling.seed() % 2 == 0 ? 1 : 3)) % UNITS;
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
