// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import org.jspecify.annotations.Nullable;

/** A server that does not keep to the contract; the message is one line. <i>Immutable.</i> */
final class AnswerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AnswerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
