// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Microphones that hear what a test lets them.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class FakeMicrophones implements Microphones {
  private final List<String> names;
  private final byte[] heard;
  private int at;
  boolean started;
  boolean closed;

  /**
   * @param heard PCM16 at 16 kHz; silence follows, for ever
   */
  FakeMicrophones(byte[] heard, String... names) {
    this.heard = heard;
    this.names = List.of(names);
  }

  @Override
  public List<String> names() {
    return names;
  }

  @Override
  public Microphone open(@Nullable String name, int rateHz) {
    String found =
        names.stream()
            .filter(n -> name == null || n.contains(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no such microphone"));
    return new Microphone() {
      @Override
      public String name() {
        return found;
      }

      @Override
      public void start() {
        started = true;
      }

      @Override
      public int read(byte[] pcm16) {
        for (int i = 0; i < pcm16.length; i++) {
          pcm16[i] = at < heard.length ? heard[at++] : 0;
        }
        return pcm16.length;
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }
}
