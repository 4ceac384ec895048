// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

/**
 * Sums over audio from which follow mean and variance of its samples and of any convolution of
 * them: those of all windows of {@code taps} samples, {@code stride} apart, and of all products of
 * two places in the window.
 *
 * <p>Sums are kept in double, block by block of a fixed place, so that they are the same to the bit
 * however audio arrives. <i>Serialised by the caller.</i>
 */
final class AudioMoments {
  private static final int BLOCK_WINDOWS = 3200;
  private static final double GROUP_NORM_EPS = 1e-5;

  private final int taps;
  private final int stride;
  private final double[] first; // sum of each place in a window
  private final double[] second; // (taps, taps): sum of each product
  private long windows;
  private long samples;
  private double sum;
  private double squares;

  AudioMoments(int taps, int stride) {
    this.taps = taps;
    this.stride = stride;
    this.first = new double[taps];
    this.second = new double[taps * taps];
  }

  private AudioMoments(AudioMoments other) {
    this(other.taps, other.stride);
    System.arraycopy(other.first, 0, first, 0, first.length);
    System.arraycopy(other.second, 0, second, 0, second.length);
    windows = other.windows;
    samples = other.samples;
    sum = other.sum;
    squares = other.squares;
  }

  /**
   * The sums of all audio up to {@code until}; whole blocks stay in this object, the rest does not.
   *
   * @param audio holds the samples not yet summed
   */
  AudioMoments until(Audio audio, long until) {
    long blockSamples = (long) BLOCK_WINDOWS * stride;
    while (samples + blockSamples + taps <= until) {
      add(audio, blockSamples, BLOCK_WINDOWS);
    }
    AudioMoments all = new AudioMoments(this);
    long rest = until - samples;
    all.add(audio, rest, rest < taps ? 0 : (rest - taps) / stride + 1);
    return all;
  }

  /** First sample that is not yet summed. */
  long position() {
    return samples;
  }

  private void add(Audio audio, long newSamples, long newWindows) {
    AudioMoments block = new AudioMoments(taps, stride);
    float[] x = audio.copy(samples, samples + Math.max(newSamples, span(newWindows)));
    for (int i = 0; i < newSamples; i++) {
      block.sum += x[i];
      block.squares += (double) x[i] * x[i];
    }
    for (int w = 0; w < newWindows; w++) {
      block.window(x, w * stride);
    }
    for (int i = 0; i < taps; i++) {
      first[i] += block.first[i];
    }
    for (int i = 0; i < second.length; i++) {
      second[i] += block.second[i];
    }
    sum += block.sum;
    squares += block.squares;
    samples += newSamples;
    windows += newWindows;
  }

  private long span(long windows) {
    return windows == 0 ? 0 : (windows - 1) * stride + taps;
  }

  private void window(float[] x, int at) {
    for (int i = 0; i < taps; i++) {
      double value = x[at + i];
      first[i] += value;
      for (int j = 0; j <= i; j++) {
        second[i * taps + j] += value * x[at + j];
      }
    }
  }

  double sampleMean() {
    return samples == 0 ? 0 : sum / samples;
  }

  double sampleVariance() {
    return samples == 0 ? 0 : Math.max(0, squares / samples - sampleMean() * sampleMean());
  }

  /**
   * What a norm over time of a convolution comes to.
   *
   * @param weight of the convolution, (channels, taps)
   * @param gain weight of the norm
   * @param bias of the norm
   * @param inputScale by which samples would be multiplied before
   * @return scale and shift of each channel's outputs for samples as they are
   */
  float[][] groupNorm(float[] weight, float[] gain, float[] bias, double inputScale) {
    float[] scale = new float[gain.length];
    float[] shift = new float[gain.length];
    for (int c = 0; c < gain.length; c++) {
      double mean = 0;
      double square = 0;
      for (int i = 0; i < taps; i++) {
        double w = weight[c * taps + i];
        mean += w * first[i];
        square += w * w * second[i * taps + i];
        for (int j = 0; j < i; j++) {
          square += 2 * w * weight[c * taps + j] * second[i * taps + j];
        }
      }
      long n = Math.max(1, windows);
      mean /= n;
      double variance = Math.max(0, square / n - mean * mean);
      double s =
          gain[c] * inputScale / Math.sqrt(variance * inputScale * inputScale + GROUP_NORM_EPS);
      scale[c] = (float) s;
      shift[c] = (float) (bias[c] - mean * s);
    }
    return new float[][] {scale, shift};
  }
}
