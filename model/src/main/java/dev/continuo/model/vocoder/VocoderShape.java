// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.vocoder;

import dev.continuo.model.checkpoint.ConfigFile;

/**
 * Hyper-parameters of a source-filter vocoder, as its {@code config.json} has them.
 *
 * <p>Four parts of the window overlap at each sample, and the pipeline's delay follows from that.
 * <i>Immutable.</i>
 *
 * @param sampleRateHz of the speech
 * @param hop samples of a frame
 * @param taps samples of the window, four hops
 * @param fft length of the Fourier transforms
 * @param upsampling frames of a unit
 * @param width of the blocks
 * @param units number of distinct units
 * @param unitLayers blocks at the rate of units
 * @param frameLayers blocks at the rate of frames
 * @param kernel taps of each block's convolution
 * @param right inputs that each block's convolution sees ahead
 * @param bands noise bands
 * @param f0FloorHz frames of a lower F0 are unvoiced
 * @param topHz highest harmonic
 * @param durationWidth of the duration predictor
 */
record VocoderShape(
    int sampleRateHz,
    int hop,
    int taps,
    int fft,
    int upsampling,
    int width,
    int units,
    int unitLayers,
    int frameLayers,
    int kernel,
    int right,
    int bands,
    double f0FloorHz,
    double topHz,
    int durationWidth) {

  /** Parts of the window that overlap; also the hops the synthesis looks ahead and back. */
  private static final int OVERLAP = 4;

  /** Width of an inner layer of a block, as a multiple of its own. */
  static final int EXPANSION = 3;

  static VocoderShape read(ConfigFile c) {
    VocoderShape shape =
        new VocoderShape(
            c.integer("sample_rate", 8000, 96000),
            c.integer("hop_length", 2, 4096),
            c.integer("win_length", 2, 16384),
            c.integer("n_fft", 2, 65536),
            c.integer("frames_per_unit", 1, 64),
            c.integer("hidden_size", 1, 65536),
            c.integer("num_units", 1, 1048576),
            c.integer("unit_layers", 1, 1024),
            c.integer("frame_layers", 1, 1024),
            c.integer("kernel_size", 1, 1024),
            c.integer("right_context", 0, 1024),
            c.integer("noise_bands", 2, 4096),
            c.number("f0_min_hz", 0, 50),
            c.number("max_harmonic_hz", 500, 48000),
            c.integer("duration_hidden_size", 1, 65536));
    check(c, "win_length", shape.taps == OVERLAP * shape.hop, "4 x hop_length");
    check(c, "hop_length", shape.hop % 2 == 0, "an even number");
    boolean even = shape.fft >= shape.taps && shape.fft % 2 == 0;
    check(c, "n_fft", even, "an even number, win_length or more");
    check(c, "right_context", shape.right < shape.kernel, "less than kernel_size");
    return shape;
  }

  private static void check(ConfigFile c, String key, boolean good, String expected) {
    if (!good) {
      throw c.fault(key, expected);
    }
  }

  /**
   * Frames by which a step's samples lie behind its units: what the blocks look ahead, one for F0's
   * interpolation, one for the transform's window and two for the overlap.
   */
  int delayFrames() {
    return unitLayers * right * upsampling + frameLayers * right + OVERLAP;
  }

  int bins() {
    return fft / 2 + 1;
  }

  int samplesPerUnit() {
    return upsampling * hop;
  }
}
