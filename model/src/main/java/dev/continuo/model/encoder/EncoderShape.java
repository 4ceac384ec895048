// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.model.InputException;
import dev.continuo.model.checkpoint.Centroids;
import dev.continuo.model.checkpoint.ConfigFile;
import java.nio.file.Path;

/**
 * Hyper-parameters of a streaming encoder, as its {@code config.json} has them.
 *
 * <p>The convolutions (two, kernel 3, stride 2) are part of the architecture, so a frame is four
 * hops. <i>Immutable.</i>
 *
 * @param sampleRateHz of the audio
 * @param hop samples from one mel frame to the next
 * @param window samples of one mel frame, also the length of its Fourier transform
 * @param mels mel bands
 * @param width of the blocks
 * @param heads of the attention
 * @param inner width of the feed-forward
 * @param layers number of blocks
 * @param chunkFrames frames computed at once
 * @param leftChunks chunks before its own that a frame sees
 * @param theta base of the rotary angles
 * @param eps of the layer norms
 */
record EncoderShape(
    int sampleRateHz,
    int hop,
    int window,
    int mels,
    int width,
    int heads,
    int inner,
    int layers,
    int chunkFrames,
    int leftChunks,
    double theta,
    double eps) {

  private static final int HOPS_PER_FRAME = 4;

  static EncoderShape read(ConfigFile c) {
    EncoderShape shape =
        new EncoderShape(
            c.integer("sample_rate", 8000, 96000),
            c.integer("hop_length", 1, 4096),
            c.integer("win_length", 2, 16384),
            c.integer("num_mel_bins", 1, 1024),
            c.integer("hidden_size", 2, 65536),
            c.integer("num_attention_heads", 1, 1024),
            c.integer("intermediate_size", 1, 1048576),
            c.integer("num_hidden_layers", 1, 1024),
            c.integer("chunk_frames", 1, 1024),
            c.integer("left_chunks", 0, 4096),
            c.number("rope_theta", 1, 1e12),
            c.number("layer_norm_eps", 0, 1));
    if (shape.width % (2 * shape.heads) != 0) {
      throw c.fault("hidden_size", "a multiple of twice num_attention_heads, " + 2 * shape.heads);
    }
    if (shape.window < 2 * shape.hop) {
      throw c.fault("win_length", "twice hop_length or more");
    }
    expect(c, "n_fft", shape.window);
    expect(c, "samples_per_frame", shape.samplesPerFrame());
    return shape;
  }

  private static void expect(ConfigFile c, String key, int value) {
    c.integer(key, value, value);
  }

  /** Samples from one frame to the next. */
  int samplesPerFrame() {
    return HOPS_PER_FRAME * hop;
  }

  /** First sample of the window that frame 0 stands for: the middle of what its mels cover. */
  int windowStart() {
    return (window - 2 * hop) / 2;
  }

  /** Samples from one chunk to the next. */
  int samplesPerChunk() {
    return chunkFrames * samplesPerFrame();
  }

  /** Samples before a chunk's first that it needs: three mel frames. */
  int leftSamples() {
    return 3 * hop;
  }

  /**
   * Samples behind a chunk's end that it needs, and zeros appended to a recording: its last mel
   * frame starts one hop before the end.
   */
  int rightSamples() {
    return window - hop;
  }

  /** Zeros appended to a recording, so that the mel frames of its last unit exist. */
  int paddingSamples() {
    return 3 * hop + window;
  }

  /** Number of units of a recording of so many samples. */
  long units(long samples) {
    return Math.max(0, (samples - windowStart()) / samplesPerFrame());
  }

  void checkCentroids(Path file, Centroids found) {
    if (found.width() != width) {
      throw new InputException(
          file
              + ": centroids of width "
              + found.width()
              + " (expected: "
              + width
              + ", the encoder's hidden_size)");
    }
  }
}
