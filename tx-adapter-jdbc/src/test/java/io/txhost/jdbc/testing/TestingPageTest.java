package io.txhost.jdbc.testing;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.NoOpAdapter;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.RecordingDataSource.Call;
import io.txhost.test.TestDataSource;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The examples of docs/testing.md but the first, which is {@link OrdersTest}. */
final class TestingPageTest {

  /** The code under test. */
  static final class Orders {
    private final TransactionHost<Connection> host;

    Orders(TransactionHost<Connection> host) {
      this.host = host;
    }

    void place(int id) throws SQLException {
      host.withTransaction(
          () -> {
            execute("insert into orders values (" + id + ")");
            execute("update account set orders = orders + 1");
          });
    }

    void placeRetried(int id) throws SQLException {
      host.withTransaction(
          TransactionOptions.defaults().retry(RetryPolicy.maxAttempts(3)),
          () -> execute("insert into orders values (" + id + ")"));
    }

    void placeAudited(int id) throws SQLException {
      host.withTransaction(
          () -> {
            execute("update account set orders = orders + 1");
            host.withTransaction(
                Propagation.REQUIRES_NEW, () -> execute("insert into orders values (" + id + ")"));
          });
    }

    int count() throws SQLException {
      try (Statement statement = host.tx().createStatement();
          var rows = statement.executeQuery("select count(*) from orders")) {
        rows.next();
        return rows.getInt(1);
      }
    }

    private void execute(String sql) throws SQLException {
      try (Statement statement = host.tx().createStatement()) {
        statement.executeUpdate(sql);
      }
    }
  }

  private static final Database DATABASE = Database.h2();
  private static final TransactionHost<Connection> HOST =
      TransactionHost.create(JdbcAdapter.over(TestDataSource.over(DATABASE.dataSource())));

  private static void migrate() throws SQLException {
    HOST.withoutTransaction(
        () -> {
          try (Statement statement = HOST.tx().createStatement()) {
            statement.execute("create table if not exists orders (id int primary key)");
            statement.execute("create table if not exists account (orders int)");
          }
        });
  }

  @Nested
  @TxTest
  class TranscriptTest {
    final RecordingDataSource recorder =
        RecordingDataSource.over(TestDataSource.over(DATABASE.dataSource()));
    final Orders orders = new Orders(TransactionHost.create(JdbcAdapter.over(recorder)));

    @BeforeAll
    static void createTables() throws SQLException {
      migrate();
    }

    @Test
    void anOrderIsOneTransaction() throws SQLException {
      orders.place(1);

      assertThat(recorder).began(1).committed(1).inOrder("insert into orders", "update account");
    }

    @Test
    void aCommitThatFailsIsReported() throws SQLException {
      recorder.failNext(Call.COMMIT, new SQLException("connection cut", "08006"));

      assertThatThrownBy(() -> orders.place(1)).isInstanceOf(TransactionCommitException.class);
      assertThat(orders.count()).isZero();
    }

    @Test
    void aDeadlocksVictimIsRunAgain() throws SQLException {
      recorder.failNext(Call.SQL, new SQLException("deadlock", "40001"));

      orders.placeRetried(1);

      assertThat(recorder).began(2).committed(1);
      assertThat(orders.count()).isEqualTo(1);
    }
  }

  @Nested
  class CleaningTest {
    final Orders orders = new Orders(HOST);

    @BeforeAll
    static void createTables() throws SQLException {
      migrate();
    }

    @Test
    @TxTest(clean = "clean.sql")
    void anAuditStays() throws SQLException {
      orders.placeAudited(1);

      assertThat(orders.count()).isEqualTo(1);
    }

    @AfterEach
    void countTheAudits() throws SQLException {
      assertThat(orders.count()).isEqualTo(1);
    }
  }

  @Test
  void aServiceIsTestedWithoutADatabase() {
    TransactionHost<String> host = TransactionHost.create(NoOpAdapter.over("resource"));

    assertThat(host.<String, RuntimeException>withTransaction(host::tx)).isEqualTo("resource");
  }
}
