// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.cli;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.Resampler;
import dev.continuo.cli.StandardStreams;
import dev.continuo.model.InputException;
import dev.continuo.model.SpeechEncoder;
import dev.continuo.model.StreamingPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tokenises recordings of any length in bounded memory: read, resampled and encoded a block at a
 * time, once.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class RecordingUnits {
  /** Samples the encoder is given at once where nothing else is asked for. */
  private static final int BLOCK_SAMPLES = 1 << 16;

  private static final int MILLIS_PER_SECOND = 1000;

  private final SpeechEncoder encoder;
  private final Optional<StreamingPolicy> policy;
  private final int chunkMillis;
  private final boolean compare;

  /**
   * A tokeniser.
   *
   * @param policy how the encoder streams, if it is to
   * @param chunkMillis length of the chunks the encoder is given; 0 for large blocks
   * @param compare whether the same audio goes through a second stream in large blocks
   */
  RecordingUnits(
      SpeechEncoder encoder, Optional<StreamingPolicy> policy, int chunkMillis, boolean compare) {
    this.encoder = encoder;
    this.policy = policy;
    this.chunkMillis = chunkMillis;
    this.compare = compare;
  }

  /**
   * Units of one recording. <i>Immutable; the array is the caller's.</i>
   *
   * @param units one a frame
   * @param withdrawn units given early that the end replaced
   * @param agreement with the units of the whole, where that was asked for
   * @param rtf processor time in the encoder over the recording's length
   * @param offlineRtf the same of the units of the whole
   */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  record Result(
      int[] units, int withdrawn, @Nullable Agreement agreement, double rtf, double offlineRtf) {}

  /**
   * Tokenises one recording.
   *
   * @param file the recording, {@code -} for standard input
   * @param progress told the number of samples so far, now and then
   * @throws InputException if it is shorter than one unit
   * @throws IOException if it cannot be read or is not audio
   */
  Result of(Path file, InputStream standardInput, LongConsumer progress) throws IOException {
    boolean piped = StandardStreams.isOne(file);
    String name = StandardStreams.inputName(file);
    try (AudioSource source = piped ? AudioFiles.open(standardInput, name) : AudioFiles.open(file);
        FrameUnits streamed = new FrameUnits(open(), 0);
        FrameUnits offline = compare ? new FrameUnits(encoder.open(), BLOCK_SAMPLES) : streamed) {
      long total = tokenise(source, streamed, offline, progress);
      if (total < encoder.minimumSamples()) {
        throw new InputException(
            "%s: %d samples at %d Hz are shorter than one unit (expected: %d or more)"
                .formatted(name, total, encoder.sampleRateHz(), encoder.minimumSamples()));
      }
      int[] units = streamed.finish();
      int withdrawn = streamed.withdrawn();
      Agreement agreement = compare ? Agreement.of(units, offline.finish()) : null;
      double nanos = 1e9 * total / encoder.sampleRateHz();
      return new Result(
          units, withdrawn, agreement, streamed.nanos() / nanos, offline.nanos() / nanos);
    }
  }

  private SpeechEncoder.Stream open() {
    return policy.isPresent() ? encoder.open(policy.get()) : encoder.open();
  }

  private long tokenise(
      AudioSource source, FrameUnits streamed, FrameUnits offline, LongConsumer progress)
      throws IOException {
    Resampler resampler = new Resampler(source.sampleRateHz(), encoder.sampleRateHz());
    float[] block = new float[blockSamples(source.sampleRateHz())];
    long total = 0;
    boolean more = true;
    while (more) {
      int read = fill(source, block);
      more = read > 0;
      float[] samples = more ? resampler.process(block, 0, read) : resampler.finish();
      streamed.push(samples);
      if (compare) {
        offline.push(samples);
      }
      total += samples.length;
      progress.accept(total);
    }
    return total;
  }

  private int blockSamples(int rateHz) {
    return chunkMillis == 0 ? BLOCK_SAMPLES : Math.max(1, chunkMillis * rateHz / MILLIS_PER_SECOND);
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
