package io.txhost.examples.todo;

import org.jspecify.annotations.Nullable;

/**
 * The command to create a todo.
 *
 * @param title as it will be stored: not blank, no space around it, at most {@value
 *     #MAX_TITLE_LENGTH} chars
 */
public record CreateTodo(String title) {
  /** In chars, as Java and the page's input field count them. */
  public static final int MAX_TITLE_LENGTH = 200;

  /**
   * Takes the space around the title away.
   *
   * @throws InvalidTitleException if what is left is blank, too long or no text
   */
  public CreateTodo {
    title = title.strip();
    // databases refuse some of these, and not all the same ones
    require(
        title.codePoints().noneMatch(CreateTodo::isNoText),
        "The title has characters that are no text, such as a control character");
    require(title.codePoints().anyMatch(CreateTodo::isVisible), "The title is blank");
    require(
        title.length() <= MAX_TITLE_LENGTH,
        "The title is longer than " + MAX_TITLE_LENGTH + " characters");
  }

  /**
   * The command for a title that may be missing.
   *
   * @throws InvalidTitleException if it is missing, or not a title
   */
  static CreateTodo titled(@Nullable String title) {
    if (title == null) {
      throw new InvalidTitleException("The title is missing");
    }
    return new CreateTodo(title);
  }

  private static void require(boolean kept, String problem) {
    if (!kept) {
      throw new InvalidTitleException(problem);
    }
  }

  private static boolean isVisible(int codePoint) {
    return !Character.isWhitespace(codePoint)
        && !Character.isSpaceChar(codePoint)
        && Character.getType(codePoint) != Character.FORMAT; // such as a zero-width space
  }

  private static boolean isNoText(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.SURROGATE, // half of a pair
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
