// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.Rendering;
import dev.continuo.model.Samples;
import dev.continuo.model.Sampling;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A session over the fakes, and the same computed at once for comparison. */
final class Bench {
  static final Sampling SAMPLING = Sampling.defaults(11);
  static final int MAX_POSITIONS = 400;

  final Ledger ledger = new Ledger();
  final FakeTicker ticker = new FakeTicker(1);
  final FakeVocoder vocoder = new FakeVocoder(ledger);
  final FakeLanguageModel languageModel;
  final Networks networks;

  private Bench(int maxPositions, int... script) {
    this(false, maxPositions, script);
  }

  private Bench(boolean hesitant, int maxPositions, int... script) {
    languageModel = new FakeLanguageModel(ledger, maxPositions, script);
    SpeechEncoder encoder = hesitant ? new HesitantEncoder(ledger) : new FakeEncoder(ledger);
    networks =
        new Networks(
            encoder, languageModel, vocoder, StreamingPolicy.standard(), Rendering.first());
  }

  /**
   * An encoder that corrects itself at the end, and a language model that draws from its context.
   */
  static Bench hesitant() {
    return new Bench(true, MAX_POSITIONS);
  }

  /** A language model that draws from its context. */
  static Bench hashed() {
    return new Bench(MAX_POSITIONS);
  }

  /** A language model that draws {@code script}, then its last unit for ever. */
  static Bench scripted(int... script) {
    return new Bench(MAX_POSITIONS, script);
  }

  static Bench withPositions(int maxPositions, int... script) {
    return new Bench(maxPositions, script);
  }

  ContinuationSession open(int rateHz, long maxSamples, double seconds) {
    Prompt prompt = new Prompt("in.wav", rateHz, maxSamples);
    return ContinuationSession.open(networks, prompt, seconds, SAMPLING, ticker);
  }

  ContinuationSession open(double seconds) {
    return open(FakeEncoder.RATE_HZ, Prompt.UNKNOWN, seconds);
  }

  /** Steps to the end. */
  static float[] drain(ContinuationSession session) {
    float[] samples = {};
    while (!session.ended()) {
      samples = Samples.concat(samples, session.step());
    }
    return samples;
  }

  /** Pushes a prompt whole, commits and steps to the end. */
  static float[] run(ContinuationSession session, float[] prompt) {
    session.push(prompt, 0, prompt.length);
    session.commit();
    return drain(session);
  }

  /** A slow wander, so that units repeat. */
  static float[] prompt(long seed, int length) {
    Random random = new Random(seed);
    float[] samples = new float[length];
    double level = random.nextDouble();
    for (int i = 0; i < length; i++) {
      level += (random.nextDouble() - 0.5) * 0.02;
      samples[i] = (float) level;
    }
    return samples;
  }

  /** The deduplicated units of a prompt at the encoder's rate, computed at once. */
  static List<Integer> promptUnits(float[] prompt) {
    FakeEncoder encoder = new FakeEncoder(new Ledger());
    try (SpeechEncoder.Stream stream = encoder.open()) {
      int[] head = stream.push(prompt, 0, prompt.length);
      return merged(IntStream.concat(Arrays.stream(head), Arrays.stream(stream.finish())));
    }
  }

  static List<Integer> merged(IntStream units) {
    List<Integer> merged = new ArrayList<>();
    units
        .filter(unit -> merged.isEmpty() || merged.get(merged.size() - 1) != unit)
        .forEach(merged::add);
    return merged;
  }

  /** The frames of whole units. */
  static int[] frames(List<Integer> units, List<Integer> durations) {
    List<Integer> frames = new ArrayList<>();
    for (int i = 0; i < units.size(); i++) {
      frames.addAll(Collections.nCopies(durations.get(i), units.get(i)));
    }
    return frames.stream().mapToInt(Integer::intValue).toArray();
  }

  static List<Integer> durations(List<Integer> units) {
    int[] array = units.stream().mapToInt(Integer::intValue).toArray();
    return Arrays.stream(FakeVocoder.durations(array)).boxed().toList();
  }
}
