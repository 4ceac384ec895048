// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.plan;

/** How prompts travel, and how continuations are asked for. <i>Immutable.</i> */
public enum Codec {
  /** 16-bit samples at 16 kHz: 640 bytes a frame. */
  PCM16,
  /** Opus packets of 20 ms at 24 kbit/s: some 60 bytes a frame. */
  OPUS
}
