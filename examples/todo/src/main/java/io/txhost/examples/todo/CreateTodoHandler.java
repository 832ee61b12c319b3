package io.txhost.examples.todo;

import io.txhost.Transactional;
import org.springframework.stereotype.Component;

/** Says where the transaction starts and ends; nothing else here does. */
@Component
public class CreateTodoHandler implements CommandHandler<CreateTodo, Todo> {
  private final TodoService todos;

  CreateTodoHandler(TodoService todos) {
    this.todos = todos;
  }

  @Transactional
  @Override
  public Todo execute(CreateTodo command) {
    return todos.create(command.title());
  }
}
