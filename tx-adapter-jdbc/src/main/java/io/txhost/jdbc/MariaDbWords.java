package io.txhost.jdbc;

/**
 * As MariaDB and MySQL write them: a backslash escapes in strings, {@code #} begins a comment and
 * {@code --} only before a space, comments do not nest, and what stands in a comment that begins
 * with {@code /*!} or {@code /*M!} is executed, so it is read.
 *
 * <p>A version behind the exclamation mark is not compared with the server's: what it may execute
 * counts as executed.
 */
final class MariaDbWords extends SqlWords {

  MariaDbWords(String text) {
    super(text);
  }

  @Override
  void passWhatBelongsTo(String word) {
    // a string is one by itself
  }

  @Override
  void pass(char c) {
    switch (c) {
      case '\'', '"' -> passEscapes();
      case '`' -> passTo("`", at + 1);
      case '#' -> passTo("\n", at + 1);
      case '-' -> passDashes();
      case '/' -> passComment();
      case '@' -> passVariable();
      default -> passOther(c);
    }
  }

  private void passOther(char c) {
    if (c == '$' || Character.isDigit(c)) {
      passName();
    } else {
      at++; // also the end of a comment whose inside was read
    }
  }

  private void passDashes() {
    boolean isComment =
        text.startsWith("--", at) && (at + 2 == text.length() || text.charAt(at + 2) <= ' ');
    if (isComment) {
      passTo("\n", at + 2);
    } else {
      at++;
    }
  }

  private void passComment() {
    if (text.startsWith("/*!", at)) {
      passVersion(at + 3);
    } else if (text.startsWith("/*M!", at)) {
      passVersion(at + 4);
    } else if (text.startsWith("/*", at)) {
      passTo("*/", at + 2);
    } else {
      at++;
    }
  }

  private void passVersion(int from) {
    at = from;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
  }

  /** {@code @name} is the user's, of whatever name; {@code @@name} is one of the server's. */
  private void passVariable() {
    if (text.startsWith("@@", at)) {
      at += 2;
    } else {
      at++;
      passName();
    }
  }
}
