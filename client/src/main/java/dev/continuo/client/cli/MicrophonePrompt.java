// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import dev.continuo.audio.Pcm16;
import java.io.IOException;
import java.io.InputStream;

/**
 * What somebody says into a microphone, until they press Enter or fall silent.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class MicrophonePrompt implements Prompt {
  private final Microphones.Microphone microphone;
  private final int rateHz;
  private final InputStream keyboard;
  private final EndOfSpeech endOfSpeech;
  private final Clock clock;
  private boolean begun;
  private long spokenNanos;

  /**
   * @param microphone closed with this
   * @param keyboard where Enter is pressed; not closed
   * @param endOfSpeech ends it by silence
   */
  MicrophonePrompt(
      Microphones.Microphone microphone,
      int rateHz,
      InputStream keyboard,
      EndOfSpeech endOfSpeech,
      Clock clock) {
    this.microphone = microphone;
    this.rateHz = rateHz;
    this.keyboard = keyboard;
    this.endOfSpeech = endOfSpeech;
    this.clock = clock;
  }

  @Override
  public String name() {
    return microphone.name();
  }

  @Override
  public int rateHz() {
    return rateHz;
  }

  @Override
  public int read(float[] packet) throws IOException {
    if (!begun) {
      begun = true;
      keyboard.skipNBytes(keyboard.available());
      microphone.start();
    } else if (endOfSpeech.reached() || keyboard.available() > 0) {
      return -1;
    }
    byte[] pcm16 = new byte[packet.length * Short.BYTES];
    int samples = Math.max(0, microphone.read(pcm16)) / Short.BYTES;
    spokenNanos = clock.nanos();
    if (samples == 0) {
      return -1;
    }
    Pcm16.decode(pcm16, 0, samples, packet, 0);
    endOfSpeech.hear(packet, samples);
    return samples;
  }

  @Override
  public long spokenNanos() {
    return spokenNanos;
  }

  @Override
  public void close() {
    microphone.close();
  }
}
