// SPDX-License-Identifier: Apache-2.0
package dev.continuo.model.checkpoint;

/** Values that old pickle protocols write as a line of text. <i>Stateless.</i> */
final class PickleText {
  private PickleText() {}

  /** A float as Python prints it. */
  static double number(String text, PickleInput in) {
    try {
      return text.equals("nan") ? Double.NaN : Double.parseDouble(text.replace("inf", "Infinity"));
    } catch (NumberFormatException e) {
      throw in.fault("the number " + Quoted.of(text), "a float");
    }
  }

  /** A string in quotes of its own. */
  static String quoted(String text, PickleInput in) {
    int last = text.length() - 1;
    boolean quoted =
        last > 0 && text.charAt(0) == text.charAt(last) && "'\"".indexOf(text.charAt(0)) >= 0;
    if (!quoted || text.indexOf('\\') >= 0) {
      throw in.fault("the string " + Quoted.of(text), "one in quotes, without escapes");
    }
    return text.substring(1, last);
  }

  /** Python's raw-unicode-escape: a backslash counts before u and U only. */
  static String unescaped(String text, PickleInput in) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      char kind = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      if (digits == 0) {
        out.append(c);
        i++;
        continue;
      }
      int end = Math.min(text.length(), i + 2 + digits);
      String hex = text.substring(i + 2, end);
      if (!hex.matches("[0-9a-fA-F]{4}|00[0-9a-fA-F]{6}")
          || hex.length() != digits
          || !Character.isValidCodePoint(Integer.parseInt(hex, 16))) {
        throw in.fault("the escape \\" + kind + Quoted.plain(hex), "hex digits of a character");
      }
      out.appendCodePoint(Integer.parseInt(hex, 16));
      i = end;
    }
    return out.toString();
  }
}
