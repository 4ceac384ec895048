// SPDX-License-Identifier: Apache-2.0
package dev.continuo.cli;

import java.util.Locale;

/** Text of any origin made fit for one line of a terminal. <i>Immutable.</i> */
public final class OneLine {
  private static final int MAX_CHARS = 2000;

  private OneLine() {}

  /** The text with control characters and line ends escaped, cut where it is long. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder();
    int shown = Math.min(text.length(), MAX_CHARS);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return shown < text.length() ? out + "..." : out.toString();
  }
}
