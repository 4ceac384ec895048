// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.ContinuedRecording;
import dev.continuo.audio.WavWriter;
import dev.continuo.cli.Playback;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where prompt and continuation go: a file, a loudspeaker, both or none.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Sound implements Exchange.Sink, AutoCloseable {
  private final ContinuedRecording whole;
  private final @Nullable WavWriter wav;
  private final @Nullable Playback playback;
  private final boolean promptIsHeard;
  private final List<float[]> early = new ArrayList<>();
  private boolean promptHasEnded;

  /**
   * @param whole joins what is said
   * @param wav written to, and closed with this; null for none
   * @param playback played on, and closed with this; null for none
   * @param promptIsHeard whether the prompt is played too: not one that comes from this room
   */
  Sound(
      ContinuedRecording whole,
      @Nullable WavWriter wav,
      @Nullable Playback playback,
      boolean promptIsHeard) {
    this.whole = whole;
    this.wav = wav;
    this.playback = playback;
    this.promptIsHeard = promptIsHeard;
  }

  void prompt(float[] samples, int length) throws IOException {
    joined(whole.recording(samples, 0, length));
  }

  void endOfPrompt() throws IOException {
    joined(whole.endOfRecording());
    promptHasEnded = true;
    for (float[] samples : early) {
      joined(whole.continuation(samples));
    }
    early.clear();
  }

  /** Takes what was answered; what comes during the prompt, of an echo, is written behind it. */
  @Override
  public void said(float[] samples) throws IOException {
    if (promptHasEnded) {
      joined(whole.continuation(samples));
    } else {
      early.add(samples);
    }
    if (!promptIsHeard && playback != null) {
      playback.play(samples);
    }
  }

  /** Ends the file. */
  void finish() throws IOException {
    joined(whole.finish());
    if (wav != null) {
      wav.commit();
    }
  }

  /** Waits until all is heard, {@code maxMillis} at most. */
  void await(long maxMillis) throws InterruptedException {
    if (playback != null) {
      playback.await(maxMillis);
    }
  }

  private void joined(float[] samples) throws IOException {
    if (wav != null) {
      wav.write(samples, 0, samples.length);
    }
    if (promptIsHeard && playback != null) {
      playback.play(samples);
    }
  }

  @Override
  public void close() throws IOException {
    if (playback != null) {
      playback.close();
    }
    if (wav != null) {
      wav.close();
    }
  }
}
