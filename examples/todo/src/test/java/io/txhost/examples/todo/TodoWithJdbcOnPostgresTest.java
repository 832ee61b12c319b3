package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.TestPropertySource;

/** With plain JDBC, on a real PostgreSQL that the application starts. */
@ActiveProfiles("postgres")
@TestPropertySource(properties = "todo.adapter=jdbc")
final class TodoWithJdbcOnPostgresTest extends TodoContract {
  @Autowired private TransactionHost<Connection> connections;

  @Test // F9
  void aPublisherThatNeverAnswersEndsWithinTheDeadline() throws SQLException {
    aPublisherThatNeverAnswersEndsWithinTheDeadline(true);
  }

  @Test // F9
  void inOrderAPublisherWhoseStatementNeverAnswersEndsWithinTheDeadline() throws SQLException {
    aPublisherThatNeverAnswersEndsWithinTheDeadline(false, this::sleepInTheDatabase);
  }

  private void sleepInTheDatabase() {
    try (Statement sleep = connections.tx().createStatement()) {
      sleep.execute("select pg_sleep(60)");
    } catch (SQLException e) {
      throw new IllegalStateException("The statement failed", e);
    }
  }
}
