// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.util.Arrays;
import java.util.Objects;

/**
 * Changes the sample rate of a stream: band-limited, without delay, the same however it is cut.
 *
 * <p>Of n samples, ceil(n x to / from) come out; sample k is the signal at k / to seconds. Flat to
 * 0.9 of the lower rate's Nyquist frequency, at least 90 dB down from that frequency on. What lies
 * before and after the stream counts as silence. Output trails input by 64 samples of the lower
 * rate, 4 ms at 16 kHz, which {@link #finish} gives. Equal rates pass through unchanged.
 *
 * <p><i>Serialised by the caller.</i>
 */
public final class Resampler {
  private static final int BLOCK_SAMPLES = 2048;

  private final int up;
  private final int down;
  private final ResamplerTaps taps;

  /** The last samples; index 0 is sample {@code next - half + 1}, silence where negative. */
  private final float[] window;

  /** Lower than any audio here, whose rates begin at 8 kHz; higher would only refuse. */
  private static final int MIN_HZ = 500;

  private int windowSamples;
  private int phase;
  private long consumed;
  private long produced;
  private boolean finished;

  /**
   * @param fromHz samples per second of the input, 500 to 96000
   * @param toHz samples per second of the output, 500 to 96000
   * @throws IllegalArgumentException if a rate is out of range
   */
  public Resampler(int fromHz, int toHz) {
    int divisor = gcd(require("fromHz", fromHz), require("toHz", toHz));
    up = toHz / divisor;
    down = fromHz / divisor;
    taps = ResamplerTaps.of(up, down);
    window = new float[taps.length() + BLOCK_SAMPLES];
    windowSamples = taps.half() - 1;
  }

  /**
   * Takes samples and gives those that they settle.
   *
   * @param in any length of samples, borrowed
   * @param offset index of the first sample taken
   * @param length number of samples taken
   * @return output samples, owned by the caller; empty while too few came in
   * @throws IllegalStateException after {@link #finish}
   * @throws IllegalArgumentException if so many samples come in at once that an array cannot hold
   *     what comes out
   * @throws IndexOutOfBoundsException if the range is not within {@code in}
   */
  public float[] process(float[] in, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, in.length);
    requireUnfinished();
    if (up == down) {
      return Arrays.copyOfRange(in, offset, offset + length);
    }
    long settled = outputs(consumed + length - taps.half()) - produced;
    if (settled > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "length: "
              + length
              + " (expected: at most "
              + (Integer.MAX_VALUE - 8L) * down / up
              + ")");
    }
    consumed += length;
    float[] out = new float[(int) Math.max(0, settled)];
    drain(in, offset, length, out);
    return out;
  }

  /**
   * Ends the stream.
   *
   * @return the remaining output samples, owned by the caller
   * @throws IllegalStateException if called before
   */
  public float[] finish() {
    requireUnfinished();
    finished = true;
    if (up == down) {
      return new float[0];
    }
    float[] out = new float[(int) (outputs(consumed) - produced)];
    drain(new float[taps.half()], 0, taps.half(), out);
    return out;
  }

  /** Output samples whose time is before that of an input sample. */
  private long outputs(long inputSample) {
    return inputSample <= 0 ? 0 : (inputSample * up + down - 1) / down;
  }

  /** Passes samples through the window, until {@code out} is full. */
  private void drain(float[] in, int offset, int length, float[] out) {
    int filled = 0;
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, window.length - windowSamples);
      System.arraycopy(in, offset + done, window, windowSamples, count);
      windowSamples += count;
      done += count;
      int at = 0;
      while (at + taps.length() <= windowSamples && filled < out.length) {
        out[filled++] = taps.apply(window, at, phase, up);
        phase += down;
        at += phase / up;
        phase %= up;
      }
      System.arraycopy(window, at, window, 0, windowSamples - at);
      windowSamples -= at;
    }
    produced += filled;
  }

  private void requireUnfinished() {
    if (finished) {
      throw new IllegalStateException("finished (expected: no call after finish)");
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private static int require(String name, int rateHz) {
    if (rateHz < MIN_HZ || rateHz > SampleRates.MAX_HZ) {
      throw new IllegalArgumentException(
          name + ": " + rateHz + " (expected: " + MIN_HZ + ".." + SampleRates.MAX_HZ + ")");
    }
    return rateHz;
  }
}
