// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

/**
 * A recording and its continuation as one stream of samples at one rate: the recording resampled,
 * then the continuation, joined by a {@link CrossFade} of 10 ms, so that the whole is as long as
 * both less 10 ms; or the continuation alone.
 *
 * <p>The continuation is rounded to 16 bits before it is joined, as it travels on the wire, so that
 * a file made here equals one made by a server. However both are cut into chunks, the samples are
 * the same. <i>Serialised by the caller.</i>
 */
public final class ContinuedRecording {
  private static final float[] NONE = {};

  private final CrossFade join;
  private final Resampler resampler;
  private final boolean withRecording;

  /**
   * @param recordingHz sample rate of the recording, 8000 to 96000
   * @param outputHz sample rate of the continuation and of the whole, 8000 to 96000
   * @param withRecording whether the recording comes before its continuation
   * @throws IllegalArgumentException if a rate is out of range
   */
  public ContinuedRecording(int recordingHz, int outputHz, boolean withRecording) {
    this.join = CrossFade.tenMillis(outputHz);
    this.resampler = new Resampler(recordingHz, outputHz);
    this.withRecording = withRecording;
  }

  /**
   * Takes samples of the recording.
   *
   * @param samples borrowed
   * @param offset index of the first
   * @param length how many
   * @return samples that are certain now; owned by the caller, may be empty
   * @throws IllegalStateException after {@link #endOfRecording}
   */
  public float[] recording(float[] samples, int offset, int length) {
    return withRecording ? join.first(resampler.process(samples, offset, length)) : NONE;
  }

  /**
   * Ends the recording.
   *
   * @return samples that are certain now; owned by the caller, may be empty
   */
  public float[] endOfRecording() {
    return withRecording ? join.first(resampler.finish()) : NONE;
  }

  /**
   * Takes samples of the continuation.
   *
   * @param samples in -1..1, what exceeds it is clipped; borrowed
   * @return samples that are certain now; owned by the caller, may be empty
   */
  public float[] continuation(float[] samples) {
    float[] rounded = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      rounded[i] = Pcm16.decode(Pcm16.encode(samples[i]));
    }
    return join.second(rounded);
  }

  /** Ends both and returns what was held back. */
  public float[] finish() {
    return join.finish();
  }
}
