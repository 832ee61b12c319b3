package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.FallbackPolicy;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A31: a hook's statement is the first of each transaction, on every database. */
@ExtendWith(NothingLeftBehind.class)
@Timeout(120)
class BeginHooksTest {

  @ParameterizedTest
  @EnumSource
  void theHooksStatementIsKeptOrUndoneWithItsTransaction(DatabaseKind kind) throws Exception {
    for (boolean autoCommit : new boolean[] {true, false}) {
      try (Database database = kind.open();
          Pool pool = Pool.on(database, PoolOptions.defaults().size(1).autoCommit(autoCommit))) {
        try (Connection connection = database.dataSource().getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("create table begun (n integer)");
          statement.execute("create table item (id integer primary key, label varchar(40))");
        }
        TransactionHost<Connection> host = host(pool);

        host.withTransaction(() -> insert(host, 1));
        expect(database, 1, 1);
        host.withTransaction(
            () -> {
              host.withTransaction(
                  Propagation.NESTED,
                  () -> {
                    insert(host, 2);
                    host.currentTransaction().orElseThrow().setRollbackOnly();
                  });
              insert(host, 3);
            });
        expect(database, 2, 2);
        if (database.isolations().contains(Isolation.SERIALIZABLE)) {
          host.withTransaction(
              TransactionOptions.defaults().isolation(Isolation.SERIALIZABLE),
              () -> insert(host, 4));
          expect(database, 3, 3);
        } else {
          host.withTransaction(() -> insert(host, 4));
        }
        Throwable failed =
            catchThrowable(
                () ->
                    host.withTransaction(
                        () -> {
                          insert(host, 5);
                          throw new IllegalStateException("x");
                        }));
        assertThat(failed).hasMessage("x");
        expect(database, 3, 3);
        host.withTransaction(() -> {});
        expect(database, 3, 3);

        insert(host, 6);
        expect(database, 4, 4);
        assertThat(catchThrowable(() -> insert(host, 6))).isInstanceOf(SQLException.class);
        expect(database, 4, 4);
        assertThat(count(host, "item")).isEqualTo(4);
        expect(database, 5, 4);
        batch(host, List.of(7, 8));
        expect(database, 6, 6);
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        }
        assertThat(pool.connectionsOut()).isZero();
      }
    }
  }

  private static TransactionHost<Connection> host(Pool pool) {
    return TransactionHost.builder(JdbcAdapter.over(pool))
        .fallbackPolicy(FallbackPolicy.ALLOW)
        .onBegin(
            (connection, transaction) -> {
              try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("insert into begun (n) values (1)");
              }
            })
        .build();
  }

  private static void insert(TransactionHost<Connection> host, int id) throws SQLException {
    try (PreparedStatement insert =
        host.tx().prepareStatement("insert into item (id, label) values (?, 'x')")) {
      insert.setInt(1, id);
      insert.executeUpdate();
    }
  }

  private static void batch(TransactionHost<Connection> host, List<Integer> ids)
      throws SQLException {
    try (PreparedStatement insert =
        host.tx().prepareStatement("insert into item (id, label) values (?, 'x')")) {
      for (int id : ids) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static int count(TransactionHost<Connection> host, String table) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      return count(statement, table);
    }
  }

  private static int count(Statement statement, String table) throws SQLException {
    try (ResultSet row = statement.executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getInt(1);
    }
  }

  /** As another connection sees it. */
  private static void expect(Database database, int begun, int items) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(count(statement, "begun")).as("transactions begun").isEqualTo(begun);
      assertThat(count(statement, "item")).as("items").isEqualTo(items);
    }
  }
}
