// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.AudioSource;
import java.io.IOException;

/**
 * A recording as from a microphone: sample n is given at the begin + n / rate, on an absolute
 * schedule, so that waits do not add up. What comes a packet late or more, behind a stalled network
 * for example, moves the rest of the schedule; nothing is sent in a burst to catch up.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FilePrompt implements Prompt {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long LATE_NANOS = NANOS_PER_SECOND / PACKETS_PER_SECOND;

  private final String name;
  private final AudioSource audio;
  private final Clock clock;
  private boolean begun;
  private long startNanos;
  private long samples;

  FilePrompt(String name, AudioSource audio, Clock clock) {
    this.name = name;
    this.audio = audio;
    this.clock = clock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rateHz() {
    return audio.sampleRateHz();
  }

  @Override
  public int read(float[] packet) throws IOException, InterruptedException {
    if (!begun) {
      begun = true;
      startNanos = clock.nanos();
    }
    int filled = 0;
    while (filled < packet.length) {
      int n = audio.read(packet, filled, packet.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
    }
    if (filled == 0) {
      return -1;
    }
    samples += filled;
    clock.sleepUntil(spokenNanos());
    long lateNanos = clock.nanos() - spokenNanos();
    if (lateNanos >= LATE_NANOS) {
      startNanos += lateNanos;
    }
    return filled;
  }

  @Override
  public long spokenNanos() {
    long seconds = samples / rateHz();
    return startNanos
        + seconds * NANOS_PER_SECOND
        + samples % rateHz() * NANOS_PER_SECOND / rateHz();
  }

  @Override
  public void close() throws IOException {
    audio.close();
  }
}
