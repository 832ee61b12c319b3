package io.txhost.examples.todo;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.TestPropertySource;

/** With jOOQ, on a real MariaDB that the application starts. */
@ActiveProfiles("mariadb")
@TestPropertySource(properties = "todo.adapter=jooq")
final class TodoWithJooqOnMariaDbTest extends TodoContract {

  @Test // F9
  void aPublisherThatNeverAnswersEndsWithinTheDeadline() throws SQLException {
    aPublisherThatNeverAnswersEndsWithinTheDeadline(true);
  }
}
