package io.txhost.jdbc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The bare words of an SQL text, in upper case, and {@code ( ) ;}. Comments, strings, quoted names,
 * dollar quotes and numbers are passed over.
 */
final class SqlWords {
  private final String text;
  private int at;
  private int depth;
  private @Nullable String last;

  SqlWords(String text) {
    this.text = text;
  }

  /** How many parentheses are open after what {@link #next} gave last. */
  int depth() {
    return depth;
  }

  /** What {@link #next} gave last. */
  @Nullable String last() {
    return last;
  }

  /** The next word, null at the end. */
  @Nullable String next() {
    last = find();
    return last;
  }

  private @Nullable String find() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isLetter(c) || c == '_') {
        return word();
      }
      if (c == '(' || c == ')' || c == ';') {
        at++;
        depth = Math.max(0, depth + (c == '(' ? 1 : c == ')' ? -1 : 0));
        return String.valueOf(c);
      }
      pass(c);
    }
    return null;
  }

  private String word() {
    int start = at;
    while (at < text.length() && isPart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at).toUpperCase(Locale.ROOT);
    if (word.equals("E") && at < text.length() && text.charAt(at) == '\'') {
      passEscapes();
    }
    return word;
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private void pass(char c) {
    if (c == '\'' || c == '"' || c == '`') {
      passTo(String.valueOf(c), at + 1);
    } else if (text.startsWith("--", at)) {
      passTo("\n", at + 2);
    } else if (text.startsWith("/*", at)) {
      passComment();
    } else if (c == '$') {
      passDollars();
    } else if (Character.isDigit(c)) {
      word();
    } else {
      at++;
    }
  }

  /** A doubled quote inside a string reads as two strings side by side, which is as good here. */
  private void passTo(String end, int from) {
    int found = text.indexOf(end, from);
    at = found < 0 ? text.length() : found + end.length();
  }

  /** PostgreSQL's {@code E'..'}, where a backslash escapes. */
  private void passEscapes() {
    at++;
    while (at < text.length() && text.charAt(at) != '\'') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + 1, text.length());
  }

  /** Comments nest, in PostgreSQL and H2. */
  private void passComment() {
    int open = 0;
    do {
      if (text.startsWith("/*", at)) {
        open++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        open--;
        at += 2;
      } else {
        at++;
      }
    } while (open > 0 && at < text.length());
  }

  private void passDollars() {
    int tagEnd = at + 1;
    while (tagEnd < text.length() && isPart(text.charAt(tagEnd)) && text.charAt(tagEnd) != '$') {
      tagEnd++;
    }
    boolean isQuote =
        tagEnd < text.length()
            && text.charAt(tagEnd) == '$'
            && (tagEnd == at + 1 || !Character.isDigit(text.charAt(at + 1)));
    if (isQuote) {
      passTo(text.substring(at, tagEnd + 1), tagEnd + 1);
    } else {
      at++;
    }
  }
}
