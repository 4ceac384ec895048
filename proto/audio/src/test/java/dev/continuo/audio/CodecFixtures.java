// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Recordings that independent tools coded, with what those tools decode them to: flac 1.4 (FLAC),
 * opusenc and opusdec of opus-tools 0.1.10, and FFmpeg's libopus at 60 ms a packet.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
final class CodecFixtures {
  private CodecFixtures() {}

  static byte[] bytes(String name) throws IOException {
    try (InputStream in = CodecFixtures.class.getResourceAsStream("codecs/" + name)) {
      return in.readAllBytes();
    }
  }

  static float[] decode(String name) throws IOException {
    return decode(bytes(name), name);
  }

  static float[] decode(byte[] file, String name) throws IOException {
    try (AudioSource source = AudioFiles.open(new ByteArrayInputStream(file), name)) {
      float[] all = new float[0];
      float[] block = new float[1000];
      for (int n = source.read(block, 0, 1000); n >= 0; n = source.read(block, 0, 1000)) {
        int at = all.length;
        all = Arrays.copyOf(all, at + n);
        System.arraycopy(block, 0, all, at, n);
      }
      return all;
    }
  }

  /** 16-bit samples, channels mixed down by their mean. */
  static float[] pcm16(String name, int channels) throws IOException {
    byte[] bytes = bytes(name);
    float[] samples = new float[bytes.length / 2];
    Pcm16.decode(bytes, 0, samples.length, samples, 0);
    float[] mixed = new float[samples.length / channels];
    for (int i = 0; i < mixed.length; i++) {
      for (int c = 0; c < channels; c++) {
        mixed[i] += samples[i * channels + c] / channels;
      }
    }
    return mixed;
  }

  /** Signal to noise in dB of {@code actual} against {@code expected}, over the shorter length. */
  static double snrDb(float[] actual, float[] expected) {
    double signal = 0;
    double noise = 1e-20;
    for (int i = 0; i < Math.min(actual.length, expected.length); i++) {
      signal += (double) expected[i] * expected[i];
      noise += Math.pow((double) actual[i] - expected[i], 2);
    }
    return 10 * Math.log10(signal / noise);
  }
}
