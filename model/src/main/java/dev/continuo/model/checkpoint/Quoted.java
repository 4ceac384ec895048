// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

import java.util.Locale;

/** Text from a file made fit for a one-line message. <i>Immutable.</i> */
final class Quoted {
  private static final int MAX_CHARS = 100;

  private Quoted() {}

  /** The text in double quotes: control characters escaped, cut where it is long. */
  static String of(String text) {
    return '"' + plain(text) + '"';
  }

  /** The same without quotes. */
  static String plain(String text) {
    StringBuilder out = new StringBuilder();
    int shown = Math.min(text.length(), MAX_CHARS);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return shown < text.length() ? out + "..." : out.toString();
  }
}
