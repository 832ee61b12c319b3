package io.txhost.examples.todo.waterfall;

import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import org.springframework.core.NestedExceptionUtils;

/** Names failures by their classes: a message may have what users typed. */
final class Failures {
  private Failures() {}

  /** With the SQLSTATE, if a database said it. */
  static String named(Throwable failure) {
    return failure.getClass().getSimpleName()
        + CauseChain.of(failure).stream()
            .filter(SQLException.class::isInstance)
            .map(said -> " (SQLSTATE " + ((SQLException) said).getSQLState() + ")")
            .findFirst()
            .orElse("");
  }

  /** What is within those that only pass it on. */
  static String innermost(Throwable failure) {
    return named(NestedExceptionUtils.getMostSpecificCause(failure));
  }
}
