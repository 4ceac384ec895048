// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ContinuedRecordingTest {
  private static final int RECORDING_HZ = 8000;
  private static final int OUTPUT_HZ = 24_000;
  private static final int OVERLAP = 240;

  @Test
  void isTheRecordingResampledThenTheContinuation() {
    float[] recording = noise(1, 4000);
    float[] continuation = onGrid(noise(2, 3000));
    float[] whole = whole(recording, continuation, true, new Random(0));
    Resampler resampler = new Resampler(RECORDING_HZ, OUTPUT_HZ);
    float[] head = resampler.process(recording, 0, recording.length);
    assertThat(whole).hasSize(12_000 + 3000 - OVERLAP);
    assertThat(Arrays.copyOf(whole, 11_000)).isEqualTo(Arrays.copyOf(head, 11_000));
    assertThat(Arrays.copyOfRange(whole, 12_000, whole.length))
        .isEqualTo(Arrays.copyOfRange(continuation, OVERLAP, continuation.length));
  }

  @Test
  void isTheContinuationAlone() {
    float[] continuation = onGrid(noise(3, 500));
    assertThat(whole(noise(4, 4000), continuation, false, new Random(0))).isEqualTo(continuation);
  }

  @Test
  void isTheSameWhetherTheContinuationTravelledAsSixteenBitsOrNot() {
    float[] recording = noise(5, 2000);
    float[] continuation = noise(6, 2000);
    continuation[7] = 1.5f;
    assertThat(whole(recording, continuation, true, new Random(0)))
        .isEqualTo(whole(recording, onGrid(continuation), true, new Random(0)));
  }

  @Test
  void anyChunkingGivesTheSameSamples() {
    float[] recording = noise(7, 1000);
    float[] continuation = noise(8, 1000);
    float[] expected = whole(recording, continuation, true, new Random(0));
    for (int seed = 1; seed < 100; seed++) {
      assertThat(whole(recording, continuation, true, new Random(seed)))
          .as("seed %d", seed)
          .isEqualTo(expected);
    }
  }

  private static float[] whole(
      float[] recording, float[] continuation, boolean withRecording, Random random) {
    ContinuedRecording whole = new ContinuedRecording(RECORDING_HZ, OUTPUT_HZ, withRecording);
    float[] out = {};
    for (int at = 0; at < recording.length; ) {
      int length = Math.min(recording.length - at, random.nextInt(300));
      out = concat(out, whole.recording(recording, at, length));
      at += length;
    }
    out = concat(out, whole.endOfRecording());
    for (int at = 0; at < continuation.length; ) {
      int length = Math.min(continuation.length - at, random.nextInt(300));
      out = concat(out, whole.continuation(Arrays.copyOfRange(continuation, at, at + length)));
      at += length;
    }
    return concat(out, whole.finish());
  }

  private static float[] onGrid(float[] samples) {
    byte[] travelled = new byte[2 * samples.length];
    Pcm16.encode(samples, 0, samples.length, travelled, 0);
    float[] arrived = new float[samples.length];
    Pcm16.decode(travelled, 0, samples.length, arrived, 0);
    return arrived;
  }

  private static float[] noise(long seed, int length) {
    Random random = new Random(seed);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = random.nextFloat() - 0.5f;
    }
    return samples;
  }

  private static float[] concat(float[] head, float[] tail) {
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
