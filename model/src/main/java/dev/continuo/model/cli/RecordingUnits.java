// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.Resampler;
import dev.continuo.model.InputException;
import dev.continuo.model.SpeechEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Tokenises recordings of any length in bounded memory: read, resampled and encoded a block at a
 * time.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class RecordingUnits {
  /** Samples read at once where nothing else is asked for: more than the encoder takes a call. */
  private static final int BLOCK_SAMPLES = 1 << 16;

  private final SpeechEncoder encoder;
  private final int chunkMillis;

  /**
   * A tokeniser.
   *
   * @param chunkMillis length of the chunks the encoder is given; 0 for as much as is there
   */
  RecordingUnits(SpeechEncoder encoder, int chunkMillis) {
    this.encoder = encoder;
    this.chunkMillis = chunkMillis;
  }

  /**
   * Units of one recording, one a frame.
   *
   * @param file the recording, {@code -} for standard input
   * @param progress told the number of samples so far, now and then
   * @throws InputException if it is shorter than one unit
   * @throws IOException if it cannot be read or is not audio
   */
  int[] of(Path file, InputStream standardInput, LongConsumer progress) throws IOException {
    boolean piped = file.toString().equals("-");
    String name = piped ? "standard input" : file.toString();
    IntStream.Builder units = IntStream.builder();
    long total = 0;
    try (AudioSource source = piped ? AudioFiles.open(standardInput, name) : AudioFiles.open(file);
        SpeechEncoder.Stream stream = encoder.open()) {
      Resampler resampler = new Resampler(source.sampleRateHz(), encoder.sampleRateHz());
      float[] block =
          new float
              [chunkMillis == 0
                  ? BLOCK_SAMPLES
                  : Math.max(1, chunkMillis * source.sampleRateHz() / 1000)];
      for (int n = fill(source, block); n > 0; n = fill(source, block)) {
        float[] resampled = resampler.process(block, 0, n);
        total += resampled.length;
        IntStream.of(stream.push(resampled, 0, resampled.length)).forEach(units::add);
        progress.accept(total);
      }
      float[] rest = resampler.finish();
      total += rest.length;
      IntStream.of(stream.push(rest, 0, rest.length)).forEach(units::add);
      IntStream.of(stream.finish()).forEach(units::add);
    }
    if (total < encoder.minimumSamples()) {
      throw new InputException(
          "%s: %d samples at %d Hz are shorter than one unit (expected: %d or more)"
              .formatted(name, total, encoder.sampleRateHz(), encoder.minimumSamples()));
    }
    return units.build().toArray();
  }

  private static int fill(AudioSource source, float[] block) throws IOException {
    int filled = 0;
    while (filled < block.length) {
      int n = source.read(block, filled, block.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
    }
    return filled;
  }
}
