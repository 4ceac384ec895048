// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.audio.Resampler;
import dev.continuo.model.InputException;
import dev.continuo.model.SpeechEncoder;
import java.util.stream.IntStream;

/**
 * Prompt audio in at any rate, deduplicated units out, each as soon as its run opens.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class PromptInput implements AutoCloseable {
  private final Prompt prompt;
  private final SpeechEncoder encoder;
  private final SpeechEncoder.Stream stream;
  private final Resampler resampler;
  private final Deduplicator deduplicator = new Deduplicator();
  private long inputSamples;
  private long encoderSamples;

  PromptInput(Prompt prompt, SpeechEncoder encoder) {
    this.prompt = prompt;
    this.encoder = encoder;
    this.resampler = new Resampler(prompt.rateHz(), encoder.sampleRateHz());
    this.stream = encoder.open();
  }

  /**
   * Takes samples and returns the units whose runs opened.
   *
   * @throws InputException if a sample is not a finite number
   * @throws IllegalArgumentException if these are more samples than the prompt may have
   */
  int[] push(float[] samples, int offset, int length) {
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
    return opened(encode(resampler.process(samples, offset, length)));
  }

  /**
   * Ends the prompt and returns the last units.
   *
   * @throws InputException if the prompt has no sample
   */
  int[] finish() {
    if (inputSamples == 0) {
      throw new InputException(prompt.name() + ": no audio, 0 samples (expected: speech)");
    }
    int[] opened = opened(encode(resampler.finish()));
    IntStream last = IntStream.of(opened(stream.finish()));
    return IntStream.concat(IntStream.of(opened), last).toArray();
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

  private int[] encode(float[] samples) {
    encoderSamples += samples.length;
    return stream.push(samples, 0, samples.length);
  }

  private int[] opened(int[] frameUnits) {
    IntStream.Builder opened = IntStream.builder();
    deduplicator.push(frameUnits, opened, length -> {});
    return opened.build().toArray();
  }

  @Override
  public void close() {
    stream.close();
  }
}
