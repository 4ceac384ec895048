// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.continuo.audio.Fade;
import dev.continuo.audio.Resampler;
import dev.continuo.model.Samples;
import dev.continuo.model.UnitLanguageModel;
import dev.continuo.model.pipeline.Continuation.End;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContinuationSessionTest {
  private static final int FADE = FakeVocoder.RATE_HZ / 100;

  @Test
  void anyChunkingOfThePromptGivesTheSamplesOfTheWhole() {
    int[] rates = {FakeEncoder.RATE_HZ, 800, 4410};
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int rateHz = rates[seed % rates.length];
      float[] prompt = Bench.prompt(seed, rateHz / 4 + random.nextInt(rateHz * 5));
      double seconds = 0.05 + random.nextDouble() * 2;
      int largest = seed < 3 ? 1 : 1 + random.nextInt(rateHz * (1 + seed % 10));
      Bench bench = Bench.hashed();
      try (ContinuationSession session = bench.open(rateHz, Prompt.UNKNOWN, seconds)) {
        for (int at = 0; at < prompt.length; ) {
          int length = Math.min(prompt.length - at, random.nextInt(largest + 1));
          session.push(prompt, at, length);
          at += length;
        }
        session.commit();
        assertThat(Bench.drain(session))
            .as("seed %d", seed)
            .isEqualTo(atOnce(resampled(prompt, rateHz), seconds));
      }
      assertThat(bench.ledger.open()).isZero();
    }
  }

  @Test
  void endsAtTheSampleWithATenMillisFade() {
    Bench bench = Bench.hashed();
    try (ContinuationSession session = bench.open(0.3335)) {
      float[] samples = Bench.run(session, Bench.prompt(1, 2000));
      assertThat(samples).hasSize(667);
      assertThat(session.result().samples()).isEqualTo(667);
      Continuation result = session.result();
      float[] whole = FakeVocoder.speech(Bench.frames(result.units(), result.durations()));
      int fadeStart = samples.length - FADE;
      assertThat(Arrays.copyOf(samples, fadeStart)).isEqualTo(Arrays.copyOf(whole, fadeStart));
      for (int i = 0; i < FADE; i++) {
        double gain = 0.5 + 0.5 * Math.cos(Math.PI * (i + 0.5) / FADE);
        assertThat((double) samples[fadeStart + i])
            .isCloseTo(whole[fadeStart + i] * gain, within(1e-6));
      }
    }
  }

  @Test
  void vocodesUpToTheUnitWhoseAudioReachesTheEnd() {
    Bench bench = Bench.hashed();
    try (ContinuationSession session = bench.open(1)) {
      Bench.run(session, Bench.prompt(2, 2000));
      List<Integer> durations = session.result().durations();
      int frames = durations.stream().mapToInt(Integer::intValue).sum();
      assertThat(session.result().end()).isEqualTo(End.SECONDS);
      assertThat(frames).isEqualTo(bench.vocoder.framesGiven()).isGreaterThanOrEqualTo(25);
      assertThat(frames - durations.get(durations.size() - 1)).isLessThan(25);
    }
  }

  @Test
  void stopsDrawingOnceTheDurationsReachTheEnd() {
    Bench bench = Bench.hashed();
    try (ContinuationSession session = bench.open(1)) {
      Bench.run(session, Bench.prompt(3, 2000));
      List<Integer> drawn =
          bench
              .languageModel
              .context()
              .subList(session.result().promptUnits(), bench.languageModel.context().size());
      int lookAhead = 2;
      assertThat(Bench.merged(drawn.stream().mapToInt(Integer::intValue)))
          .hasSize(session.result().units().size() + lookAhead);
    }
  }

  @Test
  void mergesRepeatedDraws() {
    Bench bench = Bench.scripted(5, 5, 5, 6, 6, 5, UnitLanguageModel.END);
    try (ContinuationSession session = bench.open(10)) {
      Bench.run(session, Bench.prompt(4, 2000));
      assertThat(session.result().units()).containsExactly(5, 6, 5);
      assertThat(bench.languageModel.context()).endsWith(5, 5, 5, 6, 6, 5);
    }
  }

  @Test
  void keepsAFirstDrawEqualToTheLastUnitOfThePrompt() {
    float[] prompt = Bench.prompt(5, 2000);
    List<Integer> units = Bench.promptUnits(prompt);
    int last = units.get(units.size() - 1);
    Bench bench = Bench.scripted(last, 9, UnitLanguageModel.END);
    try (ContinuationSession session = bench.open(10)) {
      Bench.run(session, prompt);
      assertThat(session.result().units()).containsExactly(last, 9);
    }
  }

  @Test
  void speaksEverythingWhereTheModelEnds() {
    Bench bench = Bench.scripted(5, 6, 7, UnitLanguageModel.END);
    try (ContinuationSession session = bench.open(10)) {
      float[] samples = Bench.run(session, Bench.prompt(6, 2000));
      List<Integer> units = List.of(5, 6, 7);
      assertThat(session.result().end()).isEqualTo(End.MODEL);
      assertThat(session.result().durations()).isEqualTo(Bench.durations(units));
      assertThat(samples)
          .isEqualTo(FakeVocoder.speech(Bench.frames(units, Bench.durations(units))));
    }
  }

  @Test
  void saysNothingWhereTheModelEndsAtOnce() {
    Bench bench = Bench.scripted(UnitLanguageModel.END);
    try (ContinuationSession session = bench.open(10)) {
      assertThat(Bench.run(session, Bench.prompt(7, 2000))).isEmpty();
      assertThat(session.result().units()).isEmpty();
      assertThat(session.result().firstAudio().totalNanos()).isZero();
    }
  }

  @Test
  void speaksEverythingWhereTheContextIsFull() {
    float[] prompt = Bench.prompt(8, 2000);
    int promptUnits = Bench.promptUnits(prompt).size();
    Bench bench = Bench.withPositions(promptUnits + 3, 5, 6, 7, 8);
    try (ContinuationSession session = bench.open(10)) {
      float[] samples = Bench.run(session, prompt);
      List<Integer> units = List.of(5, 6, 7);
      assertThat(session.result().end()).isEqualTo(End.CONTEXT);
      assertThat(session.result().units()).isEqualTo(units);
      assertThat(samples)
          .isEqualTo(FakeVocoder.speech(Bench.frames(units, Bench.durations(units))));
    }
  }

  @Test
  void feedsTheLanguageModelWhileThePromptArrives() {
    Bench bench = Bench.hashed();
    float[] prompt = Bench.prompt(9, 2000);
    try (ContinuationSession session = bench.open(1)) {
      session.push(prompt, 0, 1990);
      List<Integer> arrived = List.copyOf(bench.languageModel.context());
      assertThat(arrived)
          .isEqualTo(Bench.promptUnits(Arrays.copyOf(prompt, 3 + 48 * 40)))
          .hasSizeGreaterThan(3);
      session.push(prompt, 1990, 10);
      session.commit();
      assertThat(bench.languageModel.context()).isEqualTo(Bench.promptUnits(prompt));
    }
  }

  @Test
  void handsOutTheFirstSamplesAsSoonAsTheyAreCertain() {
    Bench bench = Bench.scripted(1, 2, 3, 4, 5, 6, 7, 8);
    try (ContinuationSession session = bench.open(10)) {
      float[] prompt = Bench.prompt(10, 2000);
      session.push(prompt, 0, prompt.length);
      session.commit();
      int drawn = 0;
      do {
        drawn++;
      } while (session.step().length == 0);
      int frames = 0;
      int needed = 0;
      for (int duration : Bench.durations(List.of(1, 2, 3, 4, 5, 6, 7, 8))) {
        needed++;
        frames += duration;
        if (frames > 2) {
          break;
        }
      }
      assertThat(drawn).isEqualTo(needed + 2);
    }
  }

  private static float[] resampled(float[] prompt, int rateHz) {
    Resampler resampler = new Resampler(rateHz, FakeEncoder.RATE_HZ);
    float[] head = resampler.process(prompt, 0, prompt.length);
    return Samples.concat(head, resampler.finish());
  }

  /** The definition: everything drawn first, then vocoded, then cut. */
  private static float[] atOnce(float[] prompt, double seconds) {
    int target = (int) Math.round(seconds * FakeVocoder.RATE_HZ);
    int enough = 200;
    List<Integer> promptUnits = Bench.promptUnits(prompt);
    FakeLanguageModel model = new FakeLanguageModel(new Ledger(), promptUnits.size() + enough);
    List<Integer> drawn;
    try (UnitLanguageModel.Sequence sequence = model.open(model.maxPositions())) {
      sequence.append(promptUnits.stream().mapToInt(Integer::intValue).toArray());
      for (int i = 0; i < enough; i++) {
        sequence.next(Bench.SAMPLING, 0);
      }
      drawn = model.context().subList(promptUnits.size(), model.context().size());
    }
    List<Integer> units = Bench.merged(drawn.stream().mapToInt(Integer::intValue));
    List<Integer> durations = Bench.durations(units);
    int count = 0;
    for (int samples = 0; samples < target; count++) {
      samples += durations.get(count) * FakeVocoder.FRAME;
    }
    float[] whole =
        FakeVocoder.speech(Bench.frames(units.subList(0, count), durations.subList(0, count)));
    float[] cut = Arrays.copyOf(whole, target);
    int fade = Math.min(FADE, target);
    for (int i = 0; i < fade; i++) {
      cut[target - 1 - i] *= Fade.in(i, fade);
    }
    return cut;
  }
}
