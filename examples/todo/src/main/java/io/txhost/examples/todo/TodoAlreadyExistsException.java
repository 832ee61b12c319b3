package io.txhost.examples.todo;

import org.jspecify.annotations.Nullable;

/**
 * There is a todo of this title already. It has to leave the transaction's boundary, which rolls
 * back: where the database refused the second one, PostgreSQL has given the transaction up by then.
 */
final class TodoAlreadyExistsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String PROBLEM = "Todo already exists";

  /** The cause is the database's refusal, null if the todo was found before. */
  TodoAlreadyExistsException(@Nullable Throwable cause) {
    super(PROBLEM, cause);
  }

  String problem() {
    return PROBLEM;
  }
}
