// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioSource;
import dev.continuo.audio.Resampler;
import java.io.IOException;

/**
 * Sound at another rate.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class ResampledSource implements AudioSource {
  private static final int BLOCKS_PER_SECOND = 50;

  private final AudioSource source;
  private final int rateHz;
  private final Resampler resampler;
  private final float[] block;
  private float[] ready = {};
  private int taken;
  private boolean ended;

  private ResampledSource(AudioSource source, int rateHz) {
    this.source = source;
    this.rateHz = rateHz;
    this.resampler = new Resampler(source.sampleRateHz(), rateHz);
    this.block = new float[source.sampleRateHz() / BLOCKS_PER_SECOND];
  }

  /** The same sound at {@code rateHz}, and unchanged where that is its rate. */
  static AudioSource at(AudioSource source, int rateHz) {
    return source.sampleRateHz() == rateHz ? source : new ResampledSource(source, rateHz);
  }

  @Override
  public int sampleRateHz() {
    return rateHz;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, buffer.length);
    while (taken == ready.length) {
      if (ended) {
        return -1;
      }
      int read = source.read(block, 0, block.length);
      ended = read < 0;
      ready = ended ? resampler.finish() : resampler.process(block, 0, read);
      taken = 0;
    }
    int count = Math.min(length, ready.length - taken);
    System.arraycopy(ready, taken, buffer, offset, count);
    taken += count;
    return count;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
