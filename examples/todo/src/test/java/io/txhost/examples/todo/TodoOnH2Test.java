package io.txhost.examples.todo;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without any setting: Jdbi on H2. */
final class TodoOnH2Test extends TodoContract {

  @ParameterizedTest // F9
  @ValueSource(booleans = {false, true})
  void inOrderOrInParallelAPublisherThatNeverAnswersEndsWithinTheDeadline(boolean parallel)
      throws SQLException {
    aPublisherThatNeverAnswersEndsWithinTheDeadline(parallel);
  }
}
