// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.audio.ContinuedRecording;
import dev.continuo.model.Sampling;
import java.io.IOException;

/**
 * A recording and its continuation as one stream of samples at the vocoder's rate, or the
 * continuation alone; see {@link ContinuedRecording}.
 *
 * <p><i>Immutable.</i>
 *
 * @param seconds wanted length of the continuation in seconds
 * @param promptSeconds how much of the recording is taken, in seconds; infinite for all of it
 * @param withPrompt whether the recording comes before its continuation
 * @param sampling how units are drawn
 */
public record RecordingContinuation(
    double seconds, double promptSeconds, boolean withPrompt, Sampling sampling) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException if {@code promptSeconds} is not more than 0
   */
  public RecordingContinuation {
    if (!(promptSeconds > 0)) {
      throw new IllegalArgumentException("promptSeconds: " + promptSeconds + " (expected: > 0)");
    }
  }

  /** Where the recording comes from. <i>Serialised by the caller.</i> */
  public interface Source {
    /** What messages call it. */
    String name();

    /** Sample rate in Hz. */
    int rateHz();

    /** Length in samples, or {@link Prompt#UNKNOWN}. */
    long samples();

    /**
     * Reads the next samples.
     *
     * @param buffer filled from its start
     * @return number of samples read, at least 1, or -1 at the end
     * @throws IOException if the recording cannot be read
     */
    int read(float[] buffer) throws IOException;
  }

  /** Where the samples go. <i>Serialised by the caller.</i> */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes the next samples.
     *
     * @param samples mono, at the vocoder's rate; a recording may exceed -1..1; never empty;
     *     borrowed
     * @throws IOException if they cannot be written
     */
    void write(float[] samples) throws IOException;
  }

  /**
   * Continues a recording as fast as it can.
   *
   * @param networks borrowed
   * @param source read to its end or up to {@code promptSeconds}; not closed
   * @param sink takes the samples while they are made
   * @param ticker times the stages
   * @throws IOException from the source or the sink
   * @throws dev.continuo.model.InputException if the recording is too short, too long or no audio
   */
  public Continuation run(Networks networks, Source source, Sink sink, Ticker ticker)
      throws IOException {
    int rateHz = source.rateHz();
    long limit = Math.max(1, Math.round(promptSeconds * rateHz));
    Prompt prompt = new Prompt(source.name(), rateHz, Math.min(source.samples(), limit));
    int outputHz = networks.vocoder().sampleRateHz();
    ContinuedRecording whole = new ContinuedRecording(rateHz, outputHz, withPrompt);
    try (ContinuationSession session =
        ContinuationSession.open(networks, prompt, seconds, sampling, ticker)) {
      float[] buffer = new float[rateHz];
      long left = prompt.maxSamples();
      while (left > 0) {
        int read = source.read(buffer);
        if (read < 0) {
          break;
        }
        int taken = (int) Math.min(read, left);
        left -= taken;
        session.push(buffer, 0, taken);
        write(sink, whole.recording(buffer, 0, taken));
      }
      session.commit();
      write(sink, whole.endOfRecording());
      while (!session.ended()) {
        write(sink, whole.continuation(session.step()));
      }
      write(sink, whole.finish());
      return session.result();
    }
  }

  private static void write(Sink sink, float[] samples) throws IOException {
    if (samples.length > 0) {
      sink.write(samples);
    }
  }
}
