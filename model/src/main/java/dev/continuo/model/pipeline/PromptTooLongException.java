// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.pipeline;

import dev.continuo.model.InputException;

/** A prompt that leaves no room for a continuation in the model's context. <i>Immutable.</i> */
public final class PromptTooLongException extends InputException {
  private static final long serialVersionUID = 1L;

  PromptTooLongException(String message) {
    super(message);
  }
}
