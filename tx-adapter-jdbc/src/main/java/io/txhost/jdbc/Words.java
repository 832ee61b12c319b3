package io.txhost.jdbc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The words of SQL texts in upper case, the same object for the same word as a rule: what is read
 * again makes no garbage. Each word has one place, which the last one there keeps.
 *
 * <p>Safe for use by many threads.
 */
final class Words {
  private static final int PLACES = 1 << 10;
  private static final int LONGEST = 32;
  private static final @Nullable String[] KNOWN = new @Nullable String[PLACES];

  private Words() {}

  /** A part of the text, in upper case. */
  static String upper(String text, int start, int end) {
    if (end - start > LONGEST) {
      return text.substring(start, end).toUpperCase(Locale.ROOT);
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + upper(text.charAt(i));
    }
    int place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    String known = KNOWN[place];
    if (known == null || !isOf(known, text, start, end)) {
      known = text.substring(start, end).toUpperCase(Locale.ROOT);
      KNOWN[place] = known;
    }
    return known;
  }

  /**
   * Where a letter has no upper case of one character the word does not match, and is made anew.
   */
  private static boolean isOf(String known, String text, int start, int end) {
    if (known.length() != end - start) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 128 || known.charAt(i - start) != upper(c)) {
        return false;
      }
    }
    return true;
  }

  private static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
  }
}
