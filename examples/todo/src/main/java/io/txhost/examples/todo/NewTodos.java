package io.txhost.examples.todo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a POST.
 *
 * @param titles each of any JSON type, as a {@link NewTodo}'s
 */
record NewTodos(@Nullable List<@Nullable Object> titles) {

  /**
   * The command this asks for.
   *
   * @throws InvalidTitleException if there is no title, or one of them is not a title
   */
  ImportTodos command() {
    if (titles == null || titles.isEmpty()) {
      throw new InvalidTitleException("The titles are missing");
    }
    return new ImportTodos(titles.stream().map(title -> new NewTodo(title).command()).toList());
  }
}
