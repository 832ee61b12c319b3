package io.txhost.examples.todo;

import io.txhost.Propagation;
import io.txhost.Retry;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.Transactional;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * One transaction for all of the todos, and in it a block for each: what failed in a block is
 * undone, and the others are kept. Where two imports wait for one another, PostgreSQL and MariaDB
 * end one of them, which is tried again; on H2 they wait until its lock timeout.
 */
@Component
public class ImportTodosHandler implements CommandHandler<ImportTodos, List<Todo>> {
  private static final TransactionOptions ONE_TODO =
      TransactionOptions.defaults().propagation(Propagation.NESTED).name("one todo");

  private final TodoService todos;
  private final TransactionHost<?> host;

  ImportTodosHandler(TodoService todos, TransactionHost<?> host) {
    this.todos = todos;
    this.host = host;
  }

  @Transactional(retry = @Retry(maxAttempts = 3))
  @Override
  public List<Todo> execute(ImportTodos command) {
    return command.todos().stream().flatMap(one -> created(one).stream()).toList();
  }

  private Optional<Todo> created(CreateTodo one) {
    try {
      return Optional.of(host.withTransaction(ONE_TODO, () -> todos.create(one.title())));
    } catch (TodoAlreadyExistsException e) { // its block is undone
      return Optional.empty();
    }
  }
}
