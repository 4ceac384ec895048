// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.session;

import dev.continuo.audio.OpusPacketEncoder;
import dev.continuo.v1.OpusSettings;
import java.util.List;

/**
 * How Opus packets are made, with nothing left out.
 *
 * <p><i>Immutable.</i>
 *
 * @param frameMicros audio of a packet in microseconds
 * @param bitrateBps bits a second
 */
public record OpusKind(int frameMicros, int bitrateBps) {
  private static final List<Integer> FRAMES = List.of(2_500, 5_000, 10_000, 20_000, 40_000, 60_000);
  private static final int FRAME_MICROS = 20_000;
  private static final int BITRATE_BPS = 32_000;

  static OpusKind of(OpusSettings settings) {
    int frame = settings.hasFrameMicros() ? settings.getFrameMicros() : FRAME_MICROS;
    if (!FRAMES.contains(frame)) {
      throw SessionFailure.setting(
          "config.opus.frame_micros", frame, "2500, 5000, 10000, 20000, 40000 or 60000");
    }
    int bitrate = settings.hasBitrateBps() ? settings.getBitrateBps() : BITRATE_BPS;
    if (bitrate < 6_000 || bitrate > 128_000) {
      throw SessionFailure.setting("config.opus.bitrate_bps", bitrate, "6000 to 128000");
    }
    return new OpusKind(frame, bitrate);
  }

  OpusPacketEncoder encoder(int rateHz) {
    return new OpusPacketEncoder(rateHz, frameMicros, bitrateBps);
  }

  OpusSettings message() {
    return OpusSettings.newBuilder().setFrameMicros(frameMicros).setBitrateBps(bitrateBps).build();
  }
}
