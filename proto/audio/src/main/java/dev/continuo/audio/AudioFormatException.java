// SPDX-License-Identifier: Apache-2.0
package dev.continuo.audio;

import java.io.IOException;

/**
 * Audio that cannot be read: of an unknown kind, cut, or against its own format.
 *
 * <p>The message is one line: {@code NAME: what is wrong (expected: ...)}. <i>Immutable.</i>
 */
public final class AudioFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param name what the audio is called, a file name for instance
   * @param problem what is wrong, with the value that is
   * @param expected what would have been right
   */
  public AudioFormatException(String name, String problem, String expected) {
    super(line(name, problem, expected));
  }

  /**
   * @param name what the audio is called, a file name for instance
   * @param problem what is wrong, with the value that is
   * @param expected what would have been right
   * @param cause what the decoder said
   */
  public AudioFormatException(String name, String problem, String expected, Throwable cause) {
    super(line(name, problem, expected), cause);
  }

  private static String line(String name, String problem, String expected) {
    return printable(name + ": " + problem + " (expected: " + expected + ")");
  }

  /** The text with every control character, line ends first of all, replaced by '?'. */
  static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
  }
}
