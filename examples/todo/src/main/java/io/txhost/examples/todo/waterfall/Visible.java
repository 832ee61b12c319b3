package io.txhost.examples.todo.waterfall;

/** Text from elsewhere, so that everything in it is seen and nothing in it reorders the page. */
final class Visible {
  static final int MOST_CHARACTERS = 2_000;

  private Visible() {}

  /** At most {@link #MOST_CHARACTERS} of it. */
  static String shortened(String text) {
    return shortened(text, MOST_CHARACTERS);
  }

  /** Ends with an ellipsis where something was left out; never in the middle of a pair. */
  static String shortened(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 2)) ? most - 2 : most - 1;
    return text.substring(0, end) + "…";
  }

  /**
   * On one line: what shows nothing, such as a control character or one that turns the direction of
   * writing, is replaced by its number.
   */
  static String of(String text) {
    StringBuilder seen = new StringBuilder(text.length());
    text.codePoints().forEach(codePoint -> append(seen, codePoint));
    return seen.toString();
  }

  private static void append(StringBuilder seen, int codePoint) {
    if (codePoint == '\n' || codePoint == '\r' || codePoint == '\t') {
      seen.append(' ');
    } else if (isUnseen(codePoint)) {
      seen.append(String.format("\\u%04X", codePoint));
    } else {
      seen.appendCodePoint(codePoint);
    }
  }

  private static boolean isUnseen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE, // half of a pair
          Character.UNASSIGNED, // U+FFFE and U+FFFF, which are no characters
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
