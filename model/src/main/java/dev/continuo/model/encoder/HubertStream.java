// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy.Mode;
import dev.continuo.model.StreamingPolicy.Statistics;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One recording in a {@link HubertEncoder}.
 *
 * <p>Without steps all is computed at the end. With them, step k gives units of frames k S to k S +
 * S - 1 as soon as A frames behind them are there, from a window that starts L frames before; what
 * is computed depends on the place in the recording alone, never on how the audio arrives. Features
 * of the convolutions are kept from step to step once the statistics they are normed with stay.
 * <i>Serialised by the caller.</i>
 */
final class HubertStream implements SpeechEncoder.Stream {
  /** Audio after which frozen statistics stay: two seconds. */
  private static final int WARM_UP_SAMPLES = 2 * HubertShape.SAMPLE_RATE_HZ;

  private static final int[] NONE = {};

  private final HubertNetwork network;
  private final HubertShape shape;
  private final @Nullable HubertSteps steps;
  private final Audio audio = new Audio();
  private final AudioMoments moments;
  private float @Nullable [][] affine; // of the statistics, once they stay
  private float[] features = {}; // of frames featuresFrom .., normed with affine
  private long featuresFrom;
  private int[] given = NONE;
  private int givenCount;
  private int withdrawn;
  private boolean finished;
  private boolean closed;

  /** A stream that gives its units at the end. */
  HubertStream(HubertNetwork network) {
    this(network, null);
  }

  HubertStream(HubertNetwork network, @Nullable HubertSteps steps) {
    this.network = network;
    this.shape = network.shape();
    this.steps = steps;
    this.moments = new AudioMoments(shape.kernels().get(0), shape.strides().get(0));
    if (steps != null && steps.statistics() == Statistics.CALIBRATED) {
      this.affine = network.calibrated();
    }
  }

  @Override
  public int[] push(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    open();
    audio.add(samples, offset, length);
    if (steps == null) {
      return NONE;
    }
    int before = givenCount;
    long known = shape.frames(audio.end());
    while (givenCount + (long) steps.step() + steps.ahead() <= known) {
      long end = givenCount + (long) steps.step() + steps.ahead();
      give(steps, end, steps.step());
    }
    return Arrays.copyOfRange(given, before, givenCount);
  }

  @Override
  public int[] finish() {
    open();
    finished = true;
    int before = givenCount;
    long frames = shape.frames(audio.end());
    if (steps != null && steps.mode() == Mode.LOW_LATENCY) {
      if (frames > givenCount) {
        give(steps, frames, (int) (frames - givenCount));
      }
      return Arrays.copyOfRange(given, before, givenCount);
    }
    int[] all = whole(Math.toIntExact(frames));
    int same = 0;
    while (same < Math.min(givenCount, all.length) && all[same] == given[same]) {
      same++;
    }
    withdrawn = givenCount - same;
    return Arrays.copyOfRange(all, same, all.length);
  }

  @Override
  public int withdrawn() {
    return withdrawn;
  }

  /** Units of the whole recording. */
  private int[] whole(int frames) {
    if (frames == 0) {
      return NONE;
    }
    float[][] exact = network.affine(moments.until(audio, audio.end()));
    float[] samples = audio.copy(0, audio.end());
    return network.units(network.features(samples, 0, frames, exact), 0, frames, -1);
  }

  /** Computes a window that ends with frame {@code end - 1} and gives its next units. */
  private void give(HubertSteps policy, long end, int count) {
    long begin = Math.max(0, givenCount - policy.left());
    float[] window = window(policy, begin, end);
    int last = givenCount == 0 ? -1 : given[givenCount - 1];
    int[] units = network.units(window, (int) (givenCount - begin), count, last);
    if (givenCount + count > given.length) {
      given = Arrays.copyOf(given, 2 * (givenCount + count));
    }
    System.arraycopy(units, 0, given, givenCount, count);
    givenCount += count;
    if (policy.mode() == Mode.LOW_LATENCY) {
      dropUnneeded(Math.max(0, givenCount - policy.left()));
    }
  }

  /** Forgets audio that no window from frame {@code next} on needs. */
  private void dropUnneeded(long next) {
    if (affine == null) {
      audio.drop(Math.min(moments.position(), next * shape.hop()));
    } else {
      audio.drop((featuresFrom + features.length / channels()) * shape.hop());
    }
  }

  private int channels() {
    return shape.channels().get(shape.channels().size() - 1);
  }

  /** Features of the frames [begin, end). */
  private float[] window(HubertSteps policy, long begin, long end) {
    long until = finished ? audio.end() : (end - 1) * shape.hop() + shape.receptiveField();
    float[][] constant = affine;
    if (constant == null) {
      float[][] now = network.affine(moments.until(audio, until));
      if (policy.statistics() == Statistics.FROZEN && until >= WARM_UP_SAMPLES) {
        affine = now;
        featuresFrom = begin;
      }
      float[] all = compute(begin, end, now);
      features = affine == null ? features : all;
      return all;
    }
    if (features.length == 0) {
      featuresFrom = begin;
    }
    int old = features.length / channels();
    int gone = (int) Math.min(old, begin - featuresFrom);
    float[] fresh = compute(featuresFrom + old, end, constant);
    float[] all = Arrays.copyOfRange(features, gone * channels(), features.length + fresh.length);
    System.arraycopy(fresh, 0, all, (old - gone) * channels(), fresh.length);
    features = all;
    featuresFrom = begin;
    return all;
  }

  private float[] compute(long from, long to, float[][] norms) {
    if (to <= from) {
      return new float[0];
    }
    long first = from * shape.hop();
    float[] samples = audio.copy(first, (to - 1) * shape.hop() + shape.receptiveField());
    return network.features(samples, 0, (int) (to - from), norms);
  }

  private void open() {
    if (finished || closed) {
      throw new IllegalStateException(closed ? "stream is closed" : "stream is finished");
    }
  }

  /** Nothing native is held between calls. */
  @Override
  public void close() {
    closed = true;
  }
}
