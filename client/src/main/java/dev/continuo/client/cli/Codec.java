// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioSource;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import java.util.stream.IntStream;

/** How audio travels, both ways. <i>Immutable.</i> */
enum Codec {
  /** 16-bit samples. */
  PCM16(AudioEncoding.AUDIO_ENCODING_LINEAR16),
  /** Opus packets of 20 ms. */
  OPUS(AudioEncoding.AUDIO_ENCODING_OPUS);

  private static final int MAX_HZ = 48_000;
  private static final int[] OPUS_HZ = {8000, 12_000, 16_000, 24_000, MAX_HZ};

  private final AudioEncoding encoding;

  Codec(AudioEncoding encoding) {
    this.encoding = encoding;
  }

  /** Sound at a rate that a server takes in this codec: its own where it can be. */
  AudioSource rated(AudioSource audio) {
    int rateHz = audio.sampleRateHz();
    int taken =
        this == OPUS
            ? IntStream.of(OPUS_HZ).filter(hz -> hz >= rateHz).findFirst().orElse(MAX_HZ)
            : Math.min(rateHz, MAX_HZ);
    return ResampledSource.at(audio, taken);
  }

  /** The input of a session. */
  AudioFormat input(int rateHz) {
    return output().toBuilder().setSampleRateHertz(rateHz).setChannelCount(1).build();
  }

  /** The output of a session, at the rate that the server chooses. */
  AudioFormat output() {
    return AudioFormat.newBuilder().setEncoding(encoding).build();
  }
}
