// SPDX-License-Identifier: Apache-2.0
package dev.continuo.loadtest.drive;

/** The server does not answer. The message is one line, with what to do. <i>Immutable.</i> */
public final class ServerGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public ServerGoneException(String message, Throwable cause) {
    super(message, cause);
  }
}
