package io.txhost.jdbc;

import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What few statements have. Made when the first of it is needed, so that the others pay nothing.
 */
final class StatementExtras {
  final TimeLimit timeLimit;

  /** What is in its batch. */
  @Nullable Sql batch;

  /** The statement that user code has in its place. */
  @Nullable Statement shown;

  StatementExtras(Statement driver) {
    this.timeLimit = TimeLimit.of(driver);
  }
}
