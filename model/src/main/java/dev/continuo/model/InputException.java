// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model;

/**
 * Input or a bundle that cannot be used: the user's to mend, never a defect of ours.
 *
 * <p>The message is one line that names the file (and key, line or position) and what was expected.
 * Commands print it and exit with 3. <i>Immutable.</i>
 */
public class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error described by one line, {@code FILE: what is wrong (expected: what was expected)}. */
  public InputException(String message) {
    super(message);
  }

  /** The same, with the failure that led to it. */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
