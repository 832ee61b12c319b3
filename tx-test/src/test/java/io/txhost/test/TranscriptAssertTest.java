package io.txhost.test;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TranscriptAssertTest {
  private static final Database H2 = Database.h2();

  private final RecordingDataSource recorder = RecordingDataSource.over(H2.dataSource());

  @AfterAll
  static void drop() throws SQLException {
    H2.close();
  }

  @BeforeEach
  void orderSomething() throws SQLException {
    try (Connection connection = recorder.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists orders");
      statement.execute("create table orders (id int)");
      recorder.clear();
      connection.setAutoCommit(false);
      statement.execute("INSERT  INTO orders values (1)");
      connection.setSavepoint();
      statement.execute("/* the second */ update orders set id = 2");
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  @Test
  void whatHoldsIsAccepted() {
    assertThat(recorder)
        .began(1)
        .committed(1)
        .rolledBack(0)
        .savepoints(1)
        .executed(2)
        .executed(1, "insert into orders")
        .neverExecuted("delete")
        .inOrder("BEGIN", "insert into orders", "SAVEPOINT", "update orders", "COMMIT", "CLOSE")
        .onOneConnection()
        .nothingFailed()
        .allReturned();
    recorder.clear();
    assertThat(recorder).isEmpty();
  }

  @Test
  void aFailureShowsTheTranscript() {
    assertThatThrownBy(() -> assertThat(recorder).committed(2))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            """
            Expected 2 committed, but found 1 in the transcript:
              1 BEGIN
              1 SQL  INSERT  INTO orders values (1)
              1 SAVEPOINT
              1 SQL  /* the second */ update orders set id = 2
              1 COMMIT
              1 CLOSE""");
  }

  @Test
  void theFirstThatIsMissingInTheOrderIsNamed() {
    assertThatThrownBy(() -> assertThat(recorder).inOrder("update orders", "insert into orders"))
        .hasMessageContaining(
            "in this order: update orders, insert into orders, but found no 'insert into orders'");
  }

  @Test
  void everyOtherAssertionFailsToo() {
    assertThatThrownBy(() -> assertThat(recorder).began(0)).hasMessageContaining("0 begun");
    assertThatThrownBy(() -> assertThat(recorder).rolledBack(1)).hasMessageContaining("rolled");
    assertThatThrownBy(() -> assertThat(recorder).savepoints(0)).hasMessageContaining("savepoint");
    assertThatThrownBy(() -> assertThat(recorder).executed(1)).hasMessageContaining("found 2");
    assertThatThrownBy(() -> assertThat(recorder).neverExecuted("insert"))
        .hasMessageContaining("0 of 'insert', but found 1 of them");
    assertThatThrownBy(() -> assertThat(recorder).onConnections(2)).hasMessageContaining("found 1");
    assertThatThrownBy(() -> assertThat(recorder).isEmpty()).hasMessageContaining("6 word(s)");
  }

  @Test
  void aCommitThatFailedIsNoneAndAConnectionThatIsOutIsSeen() throws SQLException {
    recorder.clear();
    recorder.failNext(Call.COMMIT, new SQLException("cut", "08006"));
    try (Connection connection = recorder.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("update orders set id = 3");
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> assertThat(recorder).allReturned())
          .hasMessageContaining("1 still out");
      connection.rollback();
      connection.setAutoCommit(true);
    }

    assertThat(recorder).committed(0).rolledBack(1);
    assertThatThrownBy(() -> assertThat(recorder).nothingFailed())
        .hasMessageContaining("1 failed")
        .hasMessageContaining("COMMIT failed");
  }

  @Test
  void assertJsOwnIsThereBesides() {
    assertThat(recorder.statements()).hasSize(2);
  }
}
