// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.encoder;

import dev.continuo.audio.AudioFiles;
import dev.continuo.audio.AudioSource;
import dev.continuo.audio.Resampler;
import dev.continuo.model.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The recording of speech that calibrated statistics come from: the encoder's own, or where it has
 * none three seconds of clear speech.
 *
 * <p><i>Immutable.</i>
 *
 * @param own the encoder's own recording, there or not
 */
record Calibration(Path own) {
  private static final String OTHERWISE = "/dev/continuo/model/bundle/prompts/heart-3.wav";
  private static final int BLOCK_SAMPLES = 1 << 14;

  /**
   * Its sums.
   *
   * @throws InputException if it cannot be read
   */
  AudioMoments moments(int taps, int stride) {
    try (AudioSource source = open()) {
      Resampler resampler = new Resampler(source.sampleRateHz(), HubertShape.SAMPLE_RATE_HZ);
      Audio audio = new Audio();
      float[] block = new float[BLOCK_SAMPLES];
      for (int n; (n = source.read(block, 0, block.length)) >= 0; ) {
        add(audio, resampler.process(block, 0, n));
      }
      add(audio, resampler.finish());
      return new AudioMoments(taps, stride).until(audio, audio.end());
    } catch (IOException e) {
      throw new InputException(own + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void add(Audio audio, float[] samples) {
    audio.add(samples, 0, samples.length);
  }

  private AudioSource open() throws IOException {
    if (Files.exists(own)) {
      return AudioFiles.open(own);
    }
    InputStream in = Calibration.class.getResourceAsStream(OTHERWISE);
    if (in == null) {
      throw new IllegalStateException(OTHERWISE + ": no such resource");
    }
    return AudioFiles.open(in, OTHERWISE);
  }
}
