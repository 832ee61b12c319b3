package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import io.txhost.test.Database;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log that the todo application shows. */
class SqlLogTest extends JdbcFixture {
  private static final Logger LOG = Logger.getLogger("io.txhost.sql");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          lines.add(event.getLevel() + " " + event.getMessage().replaceAll("Tx \\d+", "Tx n"));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @Override
  Database openDatabase() throws SQLException {
    return Database.postgres();
  }

  @BeforeEach
  void listen() {
    lines.clear();
    LOG.setLevel(Level.FINE);
    LOG.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    LOG.removeHandler(handler);
    LOG.setLevel(null);
  }

  @Test
  void whatTheDatabaseIsToldIsOneLineEachWithoutParameters() throws Exception {
    host.withTransaction(
        TransactionOptions.defaults().name("orders.place").isolation(Isolation.SERIALIZABLE),
        () -> {
          try (PreparedStatement insert =
              host.tx().prepareStatement("insert into item (id, label)\n  values (?, ?)")) {
            assertThat(lines).isEmpty();
            insert.setInt(1, 1);
            insert.setString(2, "secret");
            insert.execute();
            for (int id = 2; id <= 3; id++) {
              insert.setInt(1, id);
              insert.addBatch();
            }
            insert.executeBatch();
          }
          host.withTransaction(Propagation.NESTED, () -> insert(4));
          assertThat(
                  catchThrowable(() -> host.withTransaction(Propagation.NESTED, () -> insert(4))))
              .isNotNull();
        });
    ask("select 1");

    String insert4 = "insert into item (id, label) values (4, 'x')";
    assertThat(lines)
        .containsExactly(
            "FINE Tx n 'orders.place' BEGIN",
            "FINE Tx n 'orders.place' SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "FINE Tx n 'orders.place' insert into item (id, label) values (?, ?)",
            "FINE Tx n 'orders.place' insert into item (id, label) values (?, ?) (batch of 2)",
            "FINE Tx n 'orders.place' SAVEPOINT txh_1",
            "FINE Tx n 'orders.place' " + insert4,
            "FINE Tx n 'orders.place' RELEASE SAVEPOINT txh_1",
            "FINE Tx n 'orders.place' SAVEPOINT txh_2",
            "FINE Tx n 'orders.place' " + insert4,
            "FINE Tx n 'orders.place' ROLLBACK TO SAVEPOINT txh_2",
            "FINE Tx n 'orders.place' COMMIT",
            "FINE auto-commit select 1");
  }

  @Test
  void aTransactionThatRanNothingSaysNothing() throws Exception {
    host.withTransaction(() -> host.tx().prepareStatement("select 1").close());

    assertThat(lines).isEmpty();
  }

  @Test
  void aRollbackIsALineToo() {
    assertThat(
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(1);
                          throw new IllegalStateException("user");
                        })))
        .isNotNull();

    assertThat(lines).first().asString().endsWith("BEGIN");
    assertThat(lines).last().asString().endsWith("ROLLBACK");
  }
}
