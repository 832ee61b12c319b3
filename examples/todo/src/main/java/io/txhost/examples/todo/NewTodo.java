package io.txhost.examples.todo;

import org.jspecify.annotations.Nullable;

/**
 * The body of a POST.
 *
 * @param title of any JSON type: a number is refused by name, not turned into text
 */
record NewTodo(@Nullable Object title) {

  /**
   * The command this asks for.
   *
   * @throws InvalidTitleException if the title is missing, no string, or not a title
   */
  CreateTodo command() {
    if (title != null && !(title instanceof String)) {
      throw new InvalidTitleException("The title is not a string");
    }
    return CreateTodo.titled((String) title);
  }
}
