// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

/** Input that cannot be used; the message is one line for the user. <i>Immutable.</i> */
final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InputException(String message, Throwable cause) {
    super(message, cause);
  }

  InputException(String message) {
    super(message);
  }
}
