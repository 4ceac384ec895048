// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.audio.Resampler;
import dev.continuo.model.InputException;
import dev.continuo.model.SpeechEncoder;
import java.util.Arrays;

/**
 * Prompt audio in at any rate, deduplicated units out, each as soon as its run opens.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class PromptInput implements AutoCloseable {
  private final Prompt prompt;
  private final SpeechEncoder encoder;
  private final boolean provisional;
  private final SpeechEncoder.Stream stream;
  private final Resampler resampler;
  private final Deduplicator deduplicator = new Deduplicator();
  private final IntList frames = new IntList(); // units, one a frame
  private final IntList runs = new IntList(); // units whose runs opened
  private long inputSamples;
  private long encoderSamples;

  PromptInput(Prompt prompt, Networks networks) {
    this.prompt = prompt;
    this.encoder = networks.encoder();
    this.provisional = networks.isProvisional();
    this.resampler = new Resampler(prompt.rateHz(), encoder.sampleRateHz());
    this.stream = networks.openEncoder();
  }

  /**
   * Takes samples and returns what the encoder does with them; {@link #pushed} follows.
   *
   * @throws InputException if a sample is not a finite number
   * @throws IllegalArgumentException if these are more samples than the prompt may have
   */
  SpeechEncoder.Step push(float[] samples, int offset, int length) {
    if (length > prompt.maxSamples() - inputSamples) {
      throw new IllegalArgumentException(
          "prompt samples: %d (expected: at most %d)"
              .formatted(inputSamples + length, prompt.maxSamples()));
    }
    for (int i = offset; i < offset + length; i++) {
      if (!Float.isFinite(samples[i])) {
        throw new InputException(
            "%s: sample %d is %s (expected: a number)"
                .formatted(prompt.name(), inputSamples + i - offset, samples[i]));
      }
    }
    inputSamples += length;
    return step(resampler.process(samples, offset, length), false);
  }

  /** The units whose runs opened. */
  int[] pushed(SpeechEncoder.Units units) {
    return opened(units.pushed());
  }

  /**
   * What the end of a prompt comes to. <i>Immutable; the array is the receiver's.</i>
   *
   * @param kept how many of the units returned before stay, from the first one on
   * @param units those behind them
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  record Ending(int kept, int[] units) {}

  /**
   * Ends the prompt and returns what the encoder does then; {@link #finished} follows.
   *
   * @throws InputException if the prompt has no sample
   */
  SpeechEncoder.Step finish() {
    if (inputSamples == 0) {
      throw new InputException(prompt.name() + ": no audio, 0 samples (expected: speech)");
    }
    return step(resampler.finish(), true);
  }

  /** What the end comes to: units returned before may turn out otherwise. */
  Ending finished(SpeechEncoder.Units units) {
    int[] before = runs.toArray();
    opened(units.pushed());
    int[] last = units.last();
    if (stream.withdrawn() > 0) {
      frames.shorten(frames.size() - stream.withdrawn());
      frames.add(last);
      runs.shorten(0);
      new Deduplicator().push(frames.toArray(), runs, length -> {});
    } else {
      opened(last);
    }
    int[] all = runs.toArray();
    int differs = Arrays.mismatch(before, all);
    int kept = differs < 0 ? before.length : differs;
    return new Ending(kept, Arrays.copyOfRange(all, kept, all.length));
  }

  /** Whether units returned before the end may turn out otherwise. */
  boolean isProvisional() {
    return provisional;
  }

  /** All units whose runs opened, as they are known now. */
  int[] units() {
    return runs.toArray();
  }

  /** The error for a prompt that gave no unit. */
  InputException tooShort() {
    double millis = 1e3 * encoder.minimumSamples() / encoder.sampleRateHz();
    return new InputException(
        ("%s: shorter than one unit, %d samples at %d Hz, %d at the encoder's %d Hz"
                + " (expected: at least %d there, %.1f ms)")
            .formatted(
                prompt.name(),
                inputSamples,
                prompt.rateHz(),
                encoderSamples,
                encoder.sampleRateHz(),
                encoder.minimumSamples(),
                millis));
  }

  /** Seconds of prompt taken. */
  double seconds() {
    return (double) inputSamples / prompt.rateHz();
  }

  private SpeechEncoder.Step step(float[] samples, boolean last) {
    encoderSamples += samples.length;
    return new SpeechEncoder.Step(stream, samples, last);
  }

  private int[] opened(int[] frameUnits) {
    int before = runs.size();
    frames.add(frameUnits);
    deduplicator.push(frameUnits, runs, length -> {});
    return runs.from(before);
  }

  @Override
  public void close() {
    stream.close();
  }
}
