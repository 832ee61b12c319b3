package io.txhost.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The bare words of an SQL text, in upper case, and {@code ( ) ;}. Comments, strings, quoted names,
 * dollar quotes and numbers are passed over, as the standard, PostgreSQL and H2 write them.
 */
class SqlWords {
  final String text;
  int at;
  private final boolean commentsNest;
  private int depth;
  private @Nullable String last;

  SqlWords(String text) {
    this(text, true);
  }

  SqlWords(String text, boolean commentsNest) {
    this.text = text;
    this.commentsNest = commentsNest;
  }

  /** How many parentheses are open after what {@link #next} gave last. */
  final int depth() {
    return depth;
  }

  /** What {@link #next} gave last. */
  final @Nullable String last() {
    return last;
  }

  /** The next word, null at the end. */
  final @Nullable String next() {
    last = find();
    return last;
  }

  /** Whether the word is the name of a function that is called here, {@code REPLACE(..)} say. */
  final boolean isCalled() {
    int next = at;
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }
    return next < text.length() && text.charAt(next) == '(';
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
        return c == '(' ? "(" : c == ')' ? ")" : ";";
      }
      pass(c);
    }
    return null;
  }

  private String word() {
    int start = at;
    passName();
    String word = Words.upper(text, start, at);
    passWhatBelongsTo(word);
    return word;
  }

  /** A string, say, that only the word before it makes one. */
  void passWhatBelongsTo(String word) {
    if (word.equals("E") && at < text.length() && text.charAt(at) == '\'') {
      passEscapes();
    }
  }

  final void passName() {
    while (at < text.length() && isPart(text.charAt(at))) {
      at++;
    }
  }

  static boolean isPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  /** Passes over what begins with {@code c} and is no word; at least over that. */
  void pass(char c) {
    if (c == '\'' || c == '"' || c == '`') {
      passTo(c, at + 1);
    } else if (text.startsWith("--", at)) {
      passTo('\n', at + 2);
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
  final void passTo(String end, int from) {
    int found = text.indexOf(end, from);
    at = found < 0 ? text.length() : found + end.length();
  }

  final void passTo(char end, int from) {
    int found = text.indexOf(end, from);
    at = found < 0 ? text.length() : found + 1;
  }

  /** A string that begins here, in which a backslash escapes. */
  final void passEscapes() {
    char quote = text.charAt(at);
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + 1, text.length());
  }

  private void passComment() {
    if (!commentsNest) {
      passTo("*/", at + 2);
      return;
    }
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
