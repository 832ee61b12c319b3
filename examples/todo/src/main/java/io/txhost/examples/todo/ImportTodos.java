package io.txhost.examples.todo;

import java.util.List;

/** The command to create several todos, save those that are there already. */
public record ImportTodos(List<CreateTodo> todos) {

  /** Copies the todos. */
  public ImportTodos {
    todos = List.copyOf(todos);
  }
}
