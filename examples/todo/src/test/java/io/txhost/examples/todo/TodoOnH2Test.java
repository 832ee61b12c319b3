package io.txhost.examples.todo;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Without any setting: Jdbi on H2. */
final class TodoOnH2Test extends TodoContract {

  @Test // F9
  void aPublisherThatNeverAnswersEndsWithinTheDeadline() throws SQLException {
    inParallelAPublisherThatNeverAnswersEndsWithinTheDeadline();
  }
}
