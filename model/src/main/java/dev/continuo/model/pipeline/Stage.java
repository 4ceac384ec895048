// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

/** What a continuation spends its time on. <i>Immutable.</i> */
public enum Stage {
  /** Between two calls: pacing, queues, whatever the caller does meanwhile. */
  WAIT,
  /** Resampling and encoding of the prompt. */
  TOKENIZE,
  /** Prompt units into the language model's context. */
  PREFILL,
  /** Drawing units. */
  DECODE,
  /** Predicting how long each drawn unit lasts. */
  DURATIONS,
  /** Units to samples. */
  VOCODE
}
