// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.IOException;

/** A packet that the codec refuses. <i>Immutable.</i> */
public final class CodecException extends IOException {
  private static final long serialVersionUID = 1L;

  /** One line that says what was refused and why. */
  public CodecException(String message) {
    super(message);
  }
}
