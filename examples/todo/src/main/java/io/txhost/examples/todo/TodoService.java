package io.txhost.examples.todo;

import java.util.List;
import org.springframework.stereotype.Service;

/** What can be done with todos. Knows nothing of transactions. */
@Service
final class TodoService {
  private final TodoRepository repository;

  TodoService(TodoRepository repository) {
    this.repository = repository;
  }

  /**
   * Stores a new todo.
   *
   * @throws TodoAlreadyExistsException if there is one of this title
   */
  Todo create(String title) {
    if (repository.findByTitle(title).isPresent()) {
      throw new TodoAlreadyExistsException(null);
    }
    return repository.insert(title);
  }

  /** All todos, oldest first. */
  List<Todo> all() {
    return repository.findAll();
  }
}
