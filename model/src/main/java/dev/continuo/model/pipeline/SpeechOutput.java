// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.audio.Fade;
import dev.continuo.model.UnitVocoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Drawn units in, speech out: merges repeats, predicts durations, vocodes, and cuts the speech at
 * its wanted length.
 *
 * <p>The vocoder is given whole units up to the one whose audio reaches that length; the samples
 * after it are dropped and the last 10 ms before it faded out with a raised cosine. Speech that
 * ends earlier is left as the vocoder ends it. <i>Serialised by the caller.</i>
 */
final class SpeechOutput implements AutoCloseable {
  private static final int NO_UNIT = -1;
  private static final int[] NO_FRAMES = {};

  private final UnitVocoder.Durations predictor;
  private final UnitVocoder.Stream vocoder;
  private final StageClock clock;
  private final int samplesPerFrame;
  private final long targetSamples;
  private final int fadeSamples;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final List<Integer> drawn = new ArrayList<>();
  private final List<Integer> units = new ArrayList<>();
  private final List<Integer> durations = new ArrayList<>();
  private int lastDrawn = NO_UNIT;
  private long frames;
  private long handedOut;

  private SpeechOutput(
      Networks networks, UnitVocoder.Durations predictor, long targetSamples, StageClock clock) {
    UnitVocoder model = networks.vocoder();
    this.predictor = predictor;
    this.vocoder = model.open(networks.rendering());
    this.clock = clock;
    this.samplesPerFrame = model.samplesPerFrame();
    this.targetSamples = targetSamples;
    this.fadeSamples = (int) Math.min(Fade.samples(model.sampleRateHz()), targetSamples);
  }

  /** Starts an utterance of {@code targetSamples} at most. */
  static SpeechOutput open(Networks networks, long targetSamples, StageClock clock) {
    UnitVocoder.Durations predictor = networks.openDurations();
    try {
      return new SpeechOutput(networks, predictor, targetSamples, clock);
    } catch (RuntimeException | Error e) {
      predictor.close();
      throw e;
    }
  }

  /** Takes a drawn unit and returns the frames that can be spoken now; often none. */
  int[] push(int unit) {
    if (unit == lastDrawn) {
      return NO_FRAMES;
    }
    lastDrawn = unit;
    drawn.add(unit);
    waiting.add(unit);
    int[] known = predictor.push(new int[] {unit});
    clock.lap(Stage.DURATIONS);
    return frames(known);
  }

  /** Whether the durations known reach the wanted length, so that no unit more is needed. */
  boolean complete() {
    return frames * samplesPerFrame >= targetSamples;
  }

  /** Ends the units and returns the frames that are still to be spoken. */
  int[] finish() {
    if (complete()) {
      return NO_FRAMES;
    }
    int[] known = predictor.finish();
    clock.lap(Stage.DURATIONS);
    return frames(known);
  }

  /**
   * What the vocoder does with frames: those of {@link #push}, of {@link #finish}, or both.
   *
   * @param last whether these were the last
   */
  UnitVocoder.Step step(int[] frameUnits, boolean last) {
    return new UnitVocoder.Step(vocoder, frameUnits, last && frames > 0);
  }

  /** Units drawn so far, repeats merged. */
  List<Integer> drawn() {
    return drawn;
  }

  /** Deduplicated units spoken so far. */
  List<Integer> units() {
    return units;
  }

  /** Frames of each of {@link #units()}. */
  List<Integer> durations() {
    return durations;
  }

  /** Samples handed out so far. */
  long samples() {
    return handedOut;
  }

  private int[] frames(int[] known) {
    IntStream.Builder frameUnits = IntStream.builder();
    for (int duration : known) {
      if (complete()) {
        break;
      }
      int unit = waiting.remove();
      units.add(unit);
      durations.add(duration);
      frames += duration;
      for (int i = 0; i < duration; i++) {
        frameUnits.add(unit);
      }
    }
    return frameUnits.build().toArray();
  }

  /** Of what the vocoder gave, drops what lies beyond the wanted length and fades out before it. */
  float[] cut(float[] samples) {
    int length = (int) Math.min(samples.length, targetSamples - handedOut);
    float[] kept = Arrays.copyOf(samples, length);
    for (int i = 0; i < length; i++) {
      long left = targetSamples - 1 - (handedOut + i);
      if (left < fadeSamples) {
        kept[i] *= Fade.in(left, fadeSamples);
      }
    }
    handedOut += length;
    return kept;
  }

  @Override
  public void close() {
    try {
      vocoder.close();
    } finally {
      predictor.close();
    }
  }
}
