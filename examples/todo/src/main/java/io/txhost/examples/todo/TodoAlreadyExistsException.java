package io.txhost.examples.todo;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * There is a todo of this title already. It has to leave the transaction's boundary, which rolls
 * back: where the database refused the second one, PostgreSQL has given the transaction up by then.
 */
final class TodoAlreadyExistsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String PROBLEM = "Todo already exists";
  private static final String UNIQUE_VIOLATION = "23505"; // H2's and PostgreSQL's
  private static final int DUPLICATE_ENTRY = 1062; // MariaDB's

  /** The cause is the database's refusal, null if the todo was found before. */
  TodoAlreadyExistsException(@Nullable Throwable cause) {
    super(PROBLEM, cause);
  }

  /** Whether this is a database's refusal of a second one, as it is or wrapped by a library. */
  static boolean isSaidBy(Throwable failure) {
    Throwable said = failure instanceof SQLException ? failure : failure.getCause();
    return said instanceof SQLException refusal
        && (UNIQUE_VIOLATION.equals(refusal.getSQLState())
            || refusal.getErrorCode() == DUPLICATE_ENTRY);
  }

  String problem() {
    return PROBLEM;
  }
}
