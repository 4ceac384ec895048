// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

/** A port that cannot be listened on. <i>Immutable.</i> */
final class PortException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PortException(String message, Throwable cause) {
    super(message, cause);
  }
}
