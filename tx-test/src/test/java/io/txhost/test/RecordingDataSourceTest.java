package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.test.RecordingDataSource.Call;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcPreparedStatement;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingDataSourceTest {
  private Database database;
  private RecordingDataSource recorder;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    database = Database.h2();
    recorder = RecordingDataSource.over(database.dataSource());
    connection = recorder.getConnection();
    run("create table item (id integer primary key)");
    recorder.clear();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    database.close();
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String count() throws SQLException {
    try (Connection other = database.dataSource().getConnection();
        Statement statement = other.createStatement();
        ResultSet result = statement.executeQuery("select count(*) from item")) {
      result.next();
      return result.getString(1);
    }
  }

  @Test
  void aTransactionIsToldCallByCall() throws SQLException {
    connection.setAutoCommit(false);
    run("insert into item values (1)");
    Savepoint savepoint = connection.setSavepoint("kept");
    run("insert into item values (2)");
    connection.releaseSavepoint(savepoint);
    Savepoint undone = connection.setSavepoint();
    run("insert into item values (3)");
    connection.rollback(undone);
    connection.commit();
    connection.setAutoCommit(true);
    connection.close();

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "RELEASE",
            "SAVEPOINT",
            "SQL",
            "ROLLBACK TO",
            "COMMIT",
            "CLOSE");
    assertThat(recorder.savepoints()).containsExactly("kept", "0");
    assertThat(count()).isEqualTo("2");
  }

  @Test
  void beginIsToldOnceForEachTransactionAndNotUnderAutoCommit() throws SQLException {
    run("insert into item values (1)");
    connection.setAutoCommit(false);
    connection.setReadOnly(false);
    run("insert into item values (2)");
    run("insert into item values (3)");
    connection.rollback();
    run("insert into item values (4)");
    connection.rollback();

    assertThat(recorder.transcript())
        .containsExactly("SQL", "BEGIN", "SQL", "SQL", "ROLLBACK", "BEGIN", "SQL", "ROLLBACK");
  }

  @Test
  void turningAutoCommitOnInsideATransactionIsACommit() throws SQLException {
    connection.setAutoCommit(false);
    run("insert into item values (1)");
    connection.setAutoCommit(true);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "COMMIT");
    assertThat(count()).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({
    "commit, COMMIT",
    "  /* why */ CoMmit work, COMMIT",
    "rollback, ROLLBACK",
    "set lock_timeout 10, SET",
    "savepoint here, BEGIN SAVEPOINT",
    "select 1, BEGIN SQL",
    "-- set, BEGIN SQL"
  })
  void whatIsSentAsTextHasTheSameWord(String sql, String words) throws SQLException {
    connection.setAutoCommit(false);

    run(sql.startsWith("--") ? sql + "\nselect 1" : sql);

    assertThat(String.join(" ", recorder.transcript())).isEqualTo(words);
  }

  @Test
  void isolationIsASet() throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);

    assertThat(recorder.transcript()).containsExactly("SET");
  }

  @Test
  void textsAreKeptOfPreparedOnesAndBatchesToo() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("insert into item values (?)")) {
      statement.setInt(1, 1);
      statement.addBatch();
      statement.setInt(1, 2);
      statement.addBatch();
      statement.executeBatch();
    }
    try (Statement statement = connection.createStatement()) {
      statement.addBatch("insert into item values (3)");
      statement.executeBatch();
    }

    assertThat(recorder.transcript()).containsExactly("SQL", "SQL");
    assertThat(recorder.statements()).containsExactly("insert into item values (?)", "(batch)");
  }

  @Test
  void whatThrewIsToldAsFailed() {
    assertThatThrownBy(() -> run("insert into nowhere values (1)"))
        .isInstanceOf(SQLException.class);

    assertThat(recorder.transcript()).containsExactly("SQL failed");
  }

  @Test
  void theNextCallFailsWithoutBeingMade() throws SQLException {
    SQLException failure = new SQLException("injected");
    connection.setAutoCommit(false);
    run("insert into item values (1)");
    recorder.failNext(Call.COMMIT, failure);

    assertThatThrownBy(() -> connection.commit()).isSameAs(failure);
    assertThat(count()).isEqualTo("0");
    connection.commit();

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "COMMIT failed", "COMMIT");
    assertThat(count()).isEqualTo("1");
  }

  @Test
  void aLostAnswerFailsThoughTheCallWasMade() throws SQLException {
    SQLException failure = new SQLException("injected");
    connection.setAutoCommit(false);
    run("insert into item values (1)");
    recorder.loseAnswerOfNext(Call.COMMIT, failure);

    assertThatThrownBy(() -> connection.commit()).isSameAs(failure);

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "COMMIT failed");
    assertThat(count()).isEqualTo("1");
  }

  @Test
  void everyCallCanBeMadeToFail() throws SQLException {
    connection.setAutoCommit(false);
    Savepoint savepoint = connection.setSavepoint("there");
    for (Call call : Call.values()) {
      SQLException failure = new SQLException(call.name());
      recorder.failNext(call, failure);
      assertThatThrownBy(() -> make(call, savepoint)).isSameAs(failure);
    }
  }

  private void make(Call call, Savepoint savepoint) throws SQLException {
    switch (call) {
      case GET_CONNECTION -> recorder.getConnection().close();
      case SET_AUTO_COMMIT -> connection.setAutoCommit(false);
      case SET_READ_ONLY -> connection.setReadOnly(false);
      case SET -> run("set lock_timeout 10");
      case BEGIN -> run("begin");
      case SQL -> run("select 1");
      case SAVEPOINT -> connection.setSavepoint();
      case RELEASE -> connection.releaseSavepoint(savepoint);
      case ROLLBACK_TO -> connection.rollback(savepoint);
      case COMMIT -> connection.commit();
      case ROLLBACK -> connection.rollback();
      case ABORT -> connection.abort(Runnable::run);
      case CLOSE -> recorder.getConnection().close();
    }
  }

  @Test
  void anActionRunsBeforeTheCallOnItsThread() throws SQLException {
    List<String> order = new ArrayList<>();
    recorder.beforeNext(
        Call.SQL, () -> order.add(Thread.currentThread().getName() + recorder.connectionsOut()));

    run("select 1");
    run("select 1");

    assertThat(order).containsExactly(Thread.currentThread().getName() + 1);
  }

  @Test
  void plansOfOneKindComeInTheirOrder() throws SQLException {
    SQLException first = new SQLException("first");
    SQLException second = new SQLException("second");
    recorder.failNext(Call.SQL, first);
    recorder.failNext(Call.SQL, second);

    assertThatThrownBy(() -> run("select 1")).isSameAs(first);
    assertThatThrownBy(() -> run("select 1")).isSameAs(second);
    run("select 1");
  }

  @Test
  void anAbortedConnectionIsOutUntilItIsClosedWhichIsNotToldAgain() throws SQLException {
    connection.abort(Runnable::run);
    assertThat(recorder.connectionsOut()).isEqualTo(1);
    connection.close();
    connection.close();

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(recorder.transcript()).containsExactly("ABORT");
  }

  @Test
  void connectionsAreNumberedAsTheyAreHandedOut() throws SQLException {
    try (Connection first = recorder.getConnection();
        Connection second = recorder.getConnection()) {
      second.createStatement().execute("select 1");
      first.createStatement().execute("select 1");
      assertThat(recorder.connectionsOut()).isEqualTo(3);
    }

    assertThat(recorder.connectionsTaken()).isEqualTo(2);
    assertThat(recorder.numberedTranscript())
        .containsExactly("2 SQL", "1 SQL", "2 CLOSE", "1 CLOSE");
  }

  @Test
  void aConnectionThatCouldNotBeHadIsNotOut() {
    recorder.failNext(Call.GET_CONNECTION, new SQLException("exhausted"));

    assertThatThrownBy(recorder::getConnection).hasMessage("exhausted");

    assertThat(recorder.connectionsOut()).isEqualTo(1);
    assertThat(recorder.connectionsTaken()).isZero();
  }

  @Test
  void unwrapLeadsBelow() throws SQLException {
    assertThat(recorder.unwrap(JdbcDataSource.class)).isSameAs(database.dataSource());
    assertThat(recorder.isWrapperFor(JdbcDataSource.class)).isTrue();
    assertThat(connection.unwrap(JdbcConnection.class)).isNotNull();
    assertThat(connection.isWrapperFor(JdbcConnection.class)).isTrue();
    try (PreparedStatement statement = connection.prepareStatement("select 1")) {
      assertThat(statement.unwrap(JdbcPreparedStatement.class)).isNotNull();
      assertThat(statement.getConnection()).isSameAs(connection);
    }
  }

  @Test
  void aConnectionIsEqualToItselfAlone() throws SQLException {
    try (Connection other = recorder.getConnection()) {
      assertThat(Set.copyOf(List.of(connection, other, connection))).hasSize(2);
    }
  }
}
