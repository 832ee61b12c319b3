package io.txhost.jdbc;

/** As H2 writes them: two slashes begin a comment, too. */
final class H2Words extends SqlWords {

  H2Words(String text) {
    super(text);
  }

  @Override
  void pass(char c) {
    if (text.startsWith("//", at)) {
      passTo("\n", at + 2);
    } else {
      super.pass(c);
    }
  }
}
