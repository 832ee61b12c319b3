package io.txhost.matrix;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.TestDataSource;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Subtask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Forks inside a boundary are in the test's transaction, whichever of them is the first to send.
 */
@TxTest
final class ForksOfAnUndoneTest {
  private static final Database DATABASE = Database.h2();
  private static final RecordingDataSource RECORDER =
      RecordingDataSource.over(TestDataSource.over(DATABASE.dataSource()));
  private static final TransactionHost<Connection> HOST =
      TransactionHost.create(JdbcAdapter.over(RECORDER));

  @BeforeAll
  static void createTheTable() throws Exception {
    HOST.withoutTransaction(() -> execute("create table orders (id int)"));
    RECORDER.clear();
  }

  @AfterAll
  static void nothingStayed() throws Exception {
    assertThat(count()).isZero();
    DATABASE.close();
  }

  private static boolean execute(String sql) throws Exception {
    try (Statement statement = HOST.tx().createStatement()) {
      return statement.execute(sql);
    }
  }

  private static int count() throws Exception {
    try (Statement statement = HOST.tx().createStatement();
        var rows = statement.executeQuery("select count(*) from orders")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void whatForksWriteIsUndoneWithTheTest() throws Exception {
    HOST.withTransaction(
        () -> {
          try (var scope = StructuredTaskScope.open()) {
            Subtask<Boolean> first = scope.fork(() -> execute("insert into orders values (1)"));
            Subtask<Boolean> second = scope.fork(() -> execute("insert into orders values (2)"));
            scope.join();
            assertThat(first.get()).isFalse();
            assertThat(second.get()).isFalse();
          }
        });

    assertThat(RECORDER).began(1).committed(1).onOneConnection();
    assertThat(count()).isEqualTo(2);
  }
}
