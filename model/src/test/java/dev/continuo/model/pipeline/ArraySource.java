// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A recording of 8 kHz in memory, read in pieces of 1000; may fail at its end. */
final class ArraySource implements RecordingContinuation.Source {
  private final float[] samples;
  private final @Nullable IOException failure;
  private int at;

  ArraySource(float[] samples, @Nullable IOException failure) {
    this.samples = samples;
    this.failure = failure;
  }

  @Override
  public String name() {
    return "speech.wav";
  }

  @Override
  public int rateHz() {
    return 8000;
  }

  @Override
  public long samples() {
    return failure == null ? samples.length : Prompt.UNKNOWN;
  }

  @Override
  public int read(float[] buffer) throws IOException {
    if (at == samples.length) {
      if (failure != null) {
        throw failure;
      }
      return -1;
    }
    int length = Math.min(Math.min(1000, buffer.length), samples.length - at);
    System.arraycopy(samples, at, buffer, 0, length);
    at += length;
    return length;
  }
}
