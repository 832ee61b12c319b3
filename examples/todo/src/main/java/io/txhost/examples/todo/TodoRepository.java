package io.txhost.examples.todo;

import java.util.List;
import java.util.Optional;

/** Where the todos are. Inside a transaction every method is part of it. */
interface TodoRepository {

  /** The todo of exactly this title. */
  Optional<Todo> findByTitle(String title);

  /** All todos, oldest first. */
  List<Todo> findAll();

  /**
   * Stores a new todo.
   *
   * @throws TodoAlreadyExistsException if another transaction stored one of this title first
   */
  Todo insert(String title);
}
