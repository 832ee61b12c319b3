package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.CannotBeginTransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.spi.ExecutedStatement;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingListener;
import java.io.PrintWriter;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What listeners hear of statements and of waits for connections: issue 15, point 1. */
@ExtendWith(NothingLeftBehind.class)
class TellsListenersTest {
  private final RecordingListener heard = new RecordingListener();
  private Database database;
  private TransactionHost<Connection> host;

  @BeforeEach
  void makeTheTable() throws SQLException {
    database = Database.h2();
    host = TransactionHost.builder(JdbcAdapter.over(database.dataSource())).listener(heard).build();
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id integer primary key, label clob)");
    }
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private static int insert(Connection connection, int id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into item (id, label) values (?, ?)")) {
      statement.setInt(1, id);
      statement.setCharacterStream(2, new StringReader("secret"));
      return statement.executeUpdate();
    }
  }

  @Test
  void eachStatementIsToldWithItsTextAndNoneOfItsParameters() throws SQLException {
    host.withTransaction(
        TransactionOptions.defaults().name("t"),
        () -> {
          insert(host.tx(), 42);
          assertThatThrownBy(() -> insert(host.tx(), 42)).isInstanceOf(SQLException.class);
        });

    assertThat(heard.statements())
        .containsExactly(
            "insert into item (id, label) values (?, ?)",
            "insert into item (id, label) values (?, ?) (failed)");
    assertThat(heard.waits()).containsExactly("acquiring 't'", "executing 't'", "executing 't'");
  }

  @Test
  void aBatchIsOneStatementThatSaysHowManyItHad() throws SQLException {
    List<ExecutedStatement> executed = new ArrayList<>();
    TransactionHost<Connection> told =
        TransactionHost.builder(JdbcAdapter.over(database.dataSource()))
            .listener(
                new TransactionListener() {
                  @Override
                  public void executed(TransactionInfo transaction, ExecutedStatement statement) {
                    executed.add(statement);
                  }
                })
            .build();
    told.withTransaction(
        () -> {
          try (PreparedStatement statement =
              told.tx().prepareStatement("insert into item (id) values (?)")) {
            for (int id = 0; id < 3; id++) {
              statement.setInt(1, id);
              statement.addBatch();
            }
            statement.executeBatch();
          }
        });

    assertThat(executed)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.count()).isEqualTo(3);
              assertThat(one.sql()).isEqualTo("insert into item (id) values (?)");
              assertThat(one.duration()).isPositive();
              assertThat(one.failure()).isNull();
            });
  }

  @Test
  void aConnectionThatDoesNotComeIsTold() {
    TransactionHost<Connection> down =
        TransactionHost.builder(JdbcAdapter.over(new Down())).listener(heard).build();

    assertThatThrownBy(
            () ->
                down.withTransaction(
                    TransactionOptions.defaults().name("t"), () -> insert(down.tx(), 1)))
        .isInstanceOf(CannotBeginTransactionException.class);

    assertThat(heard.waits()).containsExactly("acquiring 't'");
    assertThat(heard.events()).containsExactly("began 't'", "not acquired 't'", "rolled back 't'");
  }

  /** A pool without a database. */
  private static final class Down implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      throw new SQLException("connection refused", "08001");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
      // logs nothing
    }

    @Override
    public void setLoginTimeout(int seconds) {
      // has none
    }

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
