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

  /** Takes a drawn unit and returns the samples that are certain now; often none. */
  float[] push(int unit) {
    if (unit == lastDrawn) {
      return Samples.NONE;
    }
    lastDrawn = unit;
    drawn.add(unit);
    waiting.add(unit);
    int[] known = predictor.push(new int[] {unit});
    clock.lap(Stage.DURATIONS);
    return cut(vocode(known));
  }

  /** Whether the durations known reach the wanted length, so that no unit more is needed. */
  boolean complete() {
    return frames * samplesPerFrame >= targetSamples;
  }

  /** Ends the utterance and returns its last samples. */
  float[] finish() {
    float[] head = Samples.NONE;
    if (!complete()) {
      int[] known = predictor.finish();
      clock.lap(Stage.DURATIONS);
      head = vocode(known);
    }
    float[] tail = frames == 0 ? Samples.NONE : vocoder.finish();
    float[] samples = cut(Samples.concat(head, tail));
    clock.lap(Stage.VOCODE);
    return samples;
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

  private float[] vocode(int[] known) {
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
    int[] given = frameUnits.build().toArray();
    if (given.length == 0) {
      return Samples.NONE;
    }
    float[] samples = vocoder.push(given);
    clock.lap(Stage.VOCODE);
    return samples;
  }

  /** Drops what lies beyond the wanted length and fades out before it. */
  private float[] cut(float[] samples) {
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
