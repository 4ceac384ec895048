// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.continuo.audio.Fade;
import dev.continuo.audio.Resampler;
import dev.continuo.model.Golden;
import dev.continuo.model.ModelOptions;
import dev.continuo.model.Precision;
import dev.continuo.model.Sampling;
import dev.continuo.model.UnitVocoder;
import dev.continuo.model.bundle.Bundle;
import dev.continuo.model.encoder.StreamingEncoder;
import dev.continuo.model.lm.CausalLanguageModel;
import dev.continuo.model.torch.Tensor;
import dev.continuo.model.vocoder.SourceFilterVocoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole path on the default bundle's trained weights. */
class DefaultBundleContinuationTest {
  private static final Sampling SAMPLING = Sampling.defaults(5);
  private static final double SECONDS = 4;

  private static Networks networks;

  @BeforeAll
  static void load() {
    Bundle bundle = Golden.bundle();
    ModelOptions options = ModelOptions.cpu(Precision.FP16);
    networks =
        new Networks(
            StreamingEncoder.load(bundle.encoder().folder(), bundle.quantizerFile(), options),
            CausalLanguageModel.load(bundle.lm().folder(), bundle.lmIds(), options),
            SourceFilterVocoder.load(bundle.vocoder().folder(), options));
  }

  @AfterAll
  static void close() {
    networks.vocoder().close();
    networks.languageModel().close();
    networks.encoder().close();
  }

  @AfterEach
  void leavesNoNativeArray() {
    assertThat(Tensor.live()).isZero();
  }

  private static ContinuationSession open(Sampling sampling, int rateHz, double seconds) {
    Prompt prompt = new Prompt("prompt.wav", rateHz, 60L * rateHz);
    return ContinuationSession.open(networks, prompt, seconds, sampling, Ticker.system());
  }

  /** Pushes a prompt in random chunks of at most {@code largest} samples and ends it. */
  private static void listen(
      ContinuationSession session, float[] prompt, int largest, Random random) {
    for (int at = 0; at < prompt.length; ) {
      int length = Math.min(prompt.length - at, 1 + random.nextInt(largest));
      session.push(prompt, at, length);
      at += length;
    }
    session.commit();
  }

  private static List<float[]> chunks(ContinuationSession session) {
    List<float[]> chunks = new ArrayList<>();
    while (!session.ended()) {
      float[] samples = session.step();
      if (samples.length > 0) {
        chunks.add(samples);
      }
    }
    return chunks;
  }

  private static float[] joined(List<float[]> chunks) {
    float[] all = new float[chunks.stream().mapToInt(c -> c.length).sum()];
    int at = 0;
    for (float[] chunk : chunks) {
      System.arraycopy(chunk, 0, all, at, chunk.length);
      at += chunk.length;
    }
    return all;
  }

  @Test
  void isTheReferenceFromPromptToSpeech() {
    int[] durations = Golden.ints("durations");
    int[] units = Golden.ints("spoken_units");
    try (ContinuationSession session = open(Sampling.greedy(), 16_000, 5)) {
      listen(session, Golden.wav("prompt"), 48_000, new Random(1));
      float[] samples = joined(chunks(session));
      Continuation result = session.result();
      int spoken = result.units().size() - 2; // the last durations look two units ahead
      assertThat(result.promptUnits()).isEqualTo(Golden.ints("dedup_units").length);
      assertThat(result.units().subList(0, spoken))
          .isEqualTo(Arrays.stream(units).limit(spoken).boxed().toList());
      assertThat(result.durations().subList(0, spoken))
          .isEqualTo(Arrays.stream(durations).limit(spoken).boxed().toList());
      float[] reference = Golden.wav("continuation");
      int compared = samples.length - 1200;
      assertThat(signalToNoiseDecibels(samples, reference, compared)).isGreaterThan(50);
    }
  }

  @Test
  void anyChunkingOfThePromptGivesTheSameSamples() {
    float[] prompt = Golden.wav("prompt");
    float[] whole;
    try (ContinuationSession session = open(SAMPLING, 16_000, SECONDS)) {
      session.push(prompt, 0, prompt.length);
      session.commit();
      whole = joined(chunks(session));
    }
    int[] largest = {1, 7, 320, 5000, 160_000};
    for (int i = 0; i < largest.length; i++) {
      try (ContinuationSession session = open(SAMPLING, 16_000, SECONDS)) {
        listen(session, prompt, largest[i], new Random(i));
        assertThat(joined(chunks(session))).as("chunks to %d", largest[i]).isEqualTo(whole);
      }
    }
  }

  @Test
  void sessionsThatTakeTurnsDoNotDisturbEachOther() {
    float[] prompt = Golden.wav("prompt");
    List<float[]> alone = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      try (ContinuationSession session = open(Sampling.defaults(seed), 16_000, 1.5)) {
        listen(session, prompt, 5000, new Random(seed));
        alone.add(joined(chunks(session)));
      }
    }
    List<ContinuationSession> sessions =
        IntStream.range(0, 3).mapToObj(s -> open(Sampling.defaults(s), 16_000, 1.5)).toList();
    List<List<float[]>> parts =
        IntStream.range(0, 3).mapToObj(s -> (List<float[]>) new ArrayList<float[]>()).toList();
    for (ContinuationSession session : sessions) {
      listen(session, prompt, 9000, new Random(3));
    }
    while (!sessions.stream().allMatch(ContinuationSession::ended)) {
      for (int s = 0; s < 3; s++) {
        if (!sessions.get(s).ended()) {
          parts.get(s).add(sessions.get(s).step());
        }
      }
    }
    sessions.forEach(ContinuationSession::close);
    for (int s = 0; s < 3; s++) {
      assertThat(joined(parts.get(s))).isEqualTo(alone.get(s));
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
  }

  @Test
  void continuationsAreSpeechInTheVoicesRange() {
    float[] prompt = Golden.wav("prompt");
    SpeechMeasures voice = SpeechMeasures.of(Golden.wav("continuation"), 24_000);
    for (int seed = 1; seed <= 3; seed++) {
      List<float[]> chunks;
      Continuation result;
      try (ContinuationSession session = open(Sampling.defaults(seed), 16_000, SECONDS)) {
        session.push(prompt, 0, prompt.length);
        session.commit();
        chunks = chunks(session);
        result = session.result();
      }
      float[] samples = joined(chunks);
      assertThat(samples).hasSize((int) (SECONDS * 24_000));
      assertThat(samples).isEqualTo(cut(offline(result), samples.length));
      SpeechMeasures measures = SpeechMeasures.of(samples, 24_000);
      assertThat(measures.medianF0Hz())
          .as("F0, seed %d", seed)
          .isCloseTo(voice.medianF0Hz(), withinPercentage(20));
      assertThat(measures.voicedShare())
          .as("voiced, seed %d", seed)
          .isCloseTo(voice.voicedShare(), within(0.25));
      assertThat(measures.rmsDecibels())
          .as("loudness, seed %d", seed)
          .isCloseTo(voice.rmsDecibels(), within(6.0));
      assertThat(measures.peak()).as("peak, seed %d", seed).isBetween(0.1, 1.0);
      assertThat(largestBorderJump(chunks))
          .as("jump where chunks meet, seed %d", seed)
          .isLessThanOrEqualTo(SpeechMeasures.jumpQuantile(samples, 0.999));
    }
  }

  /** The same units through the vocoder in one call. */
  private static float[] offline(Continuation result) {
    IntStream.Builder frames = IntStream.builder();
    for (int i = 0; i < result.units().size(); i++) {
      for (int d = 0; d < result.durations().get(i); d++) {
        frames.add(result.units().get(i));
      }
    }
    try (UnitVocoder.Stream stream = networks.vocoder().open()) {
      return joined(List.of(stream.push(frames.build().toArray()), stream.finish()));
    }
  }

  private static float[] cut(float[] samples, int length) {
    float[] kept = Arrays.copyOf(samples, length);
    int fade = Fade.samples(24_000);
    for (int i = 0; i < fade; i++) {
      kept[length - 1 - i] *= Fade.in(i, fade);
    }
    return kept;
  }

  private static double largestBorderJump(List<float[]> chunks) {
    double largest = 0;
    for (int i = 1; i < chunks.size(); i++) {
      float[] before = chunks.get(i - 1);
      largest = Math.max(largest, Math.abs(chunks.get(i)[0] - before[before.length - 1]));
    }
    return largest;
  }

  private static double signalToNoiseDecibels(float[] actual, float[] expected, int length) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < length; i++) {
      signal += expected[i] * (double) expected[i];
      noise += Math.pow(actual[i] - (double) expected[i], 2);
    }
    return 10 * Math.log10(signal / noise);
  }

  @Test
  void aPromptAtAnotherRateIsItsResampledSelf() {
    Resampler up = new Resampler(16_000, 44_100);
    float[] at16 = Golden.wav("prompt");
    float[] at44 = joined(List.of(up.process(at16, 0, at16.length), up.finish()));
    Resampler down = new Resampler(44_100, 16_000);
    float[] back = joined(List.of(down.process(at44, 0, at44.length), down.finish()));
    try (ContinuationSession session = open(SAMPLING, 44_100, 1);
        ContinuationSession other = open(SAMPLING, 16_000, 1)) {
      listen(session, at44, 4410, new Random(2));
      listen(other, back, 4410, new Random(3));
      assertThat(joined(chunks(session))).isEqualTo(joined(chunks(other)));
    }
  }
}
