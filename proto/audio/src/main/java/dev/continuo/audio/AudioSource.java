// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.Closeable;
import java.io.IOException;

/**
 * Sound that is read in order, as one channel, in memory that does not grow with its length.
 *
 * <p><i>Serialised by the caller.</i>
 */
public interface AudioSource extends Closeable {
  /** Samples per second of what {@link #read} gives, 8000 to 96000. */
  int sampleRateHz();

  /**
   * Reads the next samples: at least one, blocking until it is there, at most {@code length}.
   *
   * <p>A sample is the mean of its channels, full scale being -1 to 1. Sources that store integers
   * stay within full scale; floating-point and lossy ones may go past it and are not clipped.
   *
   * @param buffer samples are written here
   * @param offset index of the first sample written
   * @param length most samples to write
   * @return the number of samples written; 0 only if {@code length} is 0; -1 at the end
   * @throws AudioFormatException if the audio is cut or damaged here; reading on gives it again
   * @throws IOException if the stream below cannot be read
   * @throws IndexOutOfBoundsException if the range is not within {@code buffer}
   */
  int read(float[] buffer, int offset, int length) throws IOException;
}
