// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.measure;

/**
 * Finds the first audible sound: 10 ms whose mean power is above -50 dB of full scale.
 *
 * <p>Blocks of 10 ms are counted from the first sample, so the answer does not depend on how audio
 * is cut. <i>Serialised by the caller.</i>
 */
public final class AudibleDetector {
  private static final int BLOCKS_PER_SECOND = 100;

  /** -50 dB of full-scale amplitude, squared. */
  private static final double THRESHOLD_POWER = 1e-5;

  private final int blockSamples;
  private double energy;
  private int filled;
  private long silentSamples;
  private boolean heard;

  /** A detector for audio of that rate. */
  public AudibleDetector(int rateHz) {
    blockSamples = rateHz / BLOCKS_PER_SECOND;
  }

  /**
   * Listens on.
   *
   * @param samples in -1..1, borrowed
   * @return whether something audible has been heard by now
   */
  public boolean listen(float[] samples) {
    for (int i = 0; i < samples.length && !heard; i++) {
      energy += (double) samples[i] * samples[i];
      if (++filled == blockSamples) {
        heard = energy > THRESHOLD_POWER * blockSamples;
        silentSamples += heard ? 0 : blockSamples;
        energy = 0;
        filled = 0;
      }
    }
    return heard;
  }

  /** Samples before the first audible block. */
  public long silentSamples() {
    return silentSamples;
  }
}
