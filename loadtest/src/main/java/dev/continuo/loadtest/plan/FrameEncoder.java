// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

import dev.continuo.audio.OpusPacketEncoder;
import dev.continuo.audio.Pcm16;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts sound into frames of 20 ms, as they travel. <i>Thread-safe: holds no state.</i> */
final class FrameEncoder {
  /** What voice over the internet commonly uses. */
  private static final int OPUS_BITRATE_BPS = 24_000;

  private FrameEncoder() {}

  /** The frames, one at least; the last is filled with silence. */
  static List<byte[]> encode(float[] sound, Codec codec) {
    int count = Math.max(1, (sound.length + Prompts.FRAME_SAMPLES - 1) / Prompts.FRAME_SAMPLES);
    float[] padded = Arrays.copyOf(sound, count * Prompts.FRAME_SAMPLES);
    List<byte[]> frames = new ArrayList<>(count);
    if (codec == Codec.PCM16) {
      for (int at = 0; at < padded.length; at += Prompts.FRAME_SAMPLES) {
        byte[] frame = new byte[Prompts.FRAME_SAMPLES * Short.BYTES];
        Pcm16.encode(padded, at, Prompts.FRAME_SAMPLES, frame, 0);
        frames.add(frame);
      }
      return frames;
    }
    try (OpusPacketEncoder opus =
        new OpusPacketEncoder(Prompts.RATE_HZ, Prompts.FRAME_MILLIS * 1000, OPUS_BITRATE_BPS)) {
      for (int at = 0; at < padded.length; at += Prompts.FRAME_SAMPLES) {
        frames.add(opus.encode(padded, at));
      }
    }
    return frames;
  }
}
